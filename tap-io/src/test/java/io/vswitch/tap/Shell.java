package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs commands of the test machine, each bounded in time; used by the test's thread. */
final class Shell {
    private static final long LIMIT_SECONDS = 30;

    private Shell() {}

    /** Output of a command that has to succeed. */
    static String run(final String... command) {
        final Result result = attempt(command);
        assertEquals(0, result.exitCode, () -> String.join(" ", command) + ": " + result.output);
        return result.output;
    }

    /** Exit code and output of a command that may fail. */
    static Result attempt(final String... command) {
        return await(start(command));
    }

    /** Starts a command in the background; to be ended with {@link #await}. */
    static Started start(final String... command) {
        try {
            final Path output = Files.createTempFile("vswitch-test", ".out");
            final Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            return new Started(process, output);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Result await(final Started started) {
        try {
            if (!started.process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                started.process.destroyForcibly().waitFor();
            }
            final String text = Files.readString(started.output, StandardCharsets.UTF_8);
            Files.deleteIfExists(started.output);
            return new Result(started.process.exitValue(), text);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A running command. */
    static final class Started {
        final Process process;
        final Path output;

        Started(final Process process, final Path output) {
            this.process = process;
            this.output = output;
        }
    }

    /** An ended command. */
    static final class Result {
        final int exitCode;
        final String output;

        Result(final int exitCode, final String output) {
            this.exitCode = exitCode;
            this.output = output;
        }
    }
}

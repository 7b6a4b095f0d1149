package io.vswitch.ctl.scenario;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a tool and waits for it, at most a minute. */
final class Shell {
    private static final int LIMIT_SECONDS = 60;

    private Shell() {}

    /** What one run printed, and its exit code. */
    record Result(int code, String out) {
        /** Fails unless the tool succeeded. */
        String ok() {
            if (code != 0) {
                throw new AssertionError("exit code " + code + ": " + out);
            }
            return out;
        }
    }

    static Result run(final List<String> command) throws IOException, InterruptedException {
        final Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                        .start();
        final var out = java.util.concurrent.CompletableFuture.supplyAsync(() -> output(process));
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " doesn't end: " + out.join());
        }
        return new Result(process.exitValue(), out.join());
    }

    /** The words are separated by blanks. */
    static Result run(final String command) throws IOException, InterruptedException {
        return run(List.of(command.split(" ")));
    }

    /** A line for sh. */
    static Result sh(final String line) throws IOException, InterruptedException {
        return run(List.of("sh", "-c", line));
    }

    private static String output(final Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}

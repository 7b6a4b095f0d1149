package io.vswitch.containers;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the host and waits for its end; any thread. */
public final class Command {
    private static final int SECONDS = 20;

    private Command() {}

    /**
     * Runs it with this text as its input.
     *
     * @throws Refusal with its first words when it fails, or isn't there.
     */
    public static void run(final List<String> command, final String input) {
        final Result result = result(command, input);
        if (result.code != 0) {
            throw Refusal.failure(
                    "%s failed: %s"
                            .formatted(
                                    String.join(" ", command),
                                    result.text.lines().findFirst().orElse("no reason given")));
        }
    }

    /** True when it ends with code 0. */
    public static boolean succeeds(final List<String> command) {
        return result(command, "").code == 0;
    }

    /** Exit code, -1 when it didn't get so far, and what it printed. */
    public record Result(int code, String text) {}

    private static Result result(final List<String> command, final String input) {
        return result(new ProcessBuilder(command).redirectErrorStream(true), input);
    }

    /** Runs it with this text as its input, and doesn't mind how it ends. */
    public static Result result(final ProcessBuilder command, final String input) {
        try {
            final Process process = command.start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            final String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Result(-1, "doesn't end");
            }
            return new Result(process.exitValue(), text);
        } catch (final IOException e) {
            return new Result(-1, e.getMessage());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(-1, "interrupted");
        }
    }
}

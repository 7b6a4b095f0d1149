package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.state.Refusal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Starts programs in a session of their own, so that they outlive the terminal; one thread. */
final class Launcher {
    private static final int START_SECONDS = 30;
    private static final int POLL_MS = 50;
    private static final int ANSWER_SECONDS = 2;

    private Launcher() {}

    /** Returns the daemon's process id when its socket answers. */
    static long launch(
            final Path runDirectory, final Path socket, final Path log, final List<String> options)
            throws IOException {
        final List<String> words =
                new ArrayList<>(
                        List.of(
                                "--run-dir",
                                runDirectory.toString(),
                                "--socket",
                                socket.toString()));
        words.addAll(options);
        return launch("vswitchd", words, log, () -> Files.exists(socket) && answers(socket));
    }

    /** Returns the process id of a program of this checkout when it is ready. */
    static long launch(
            final String program,
            final List<String> options,
            final Path log,
            final BooleanSupplier isReady)
            throws IOException {
        final List<String> command = new ArrayList<>(List.of("setsid", script(program)));
        command.addAll(options);
        Files.createDirectories(log.toAbsolutePath().getParent());
        final long logged = Files.exists(log) ? Files.size(log) : 0;
        final Process process =
                new ProcessBuilder(command)
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < deadlineNs) {
            if (waitFor(process)) {
                throw Refusal.failure(program + " didn't start: " + lastLine(program, log, logged));
            }
            if (isReady.getAsBoolean()) {
                return process.pid();
            }
        }
        process.destroy();
        throw Refusal.failure(
                program + " didn't answer within " + START_SECONDS + " s; its log is " + log);
    }

    /** The script beside the one that started this process. */
    private static String script(final String program) {
        final String home = System.getProperty("vswitch.home");
        if (home == null) {
            throw Refusal.failure(program + " isn't found: start it by the vswitchctl script");
        }
        return Path.of(home, program).toString();
    }

    private static boolean waitFor(final Process process) {
        try {
            return process.waitFor(POLL_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.failure("interrupted");
        }
    }

    /** True when a daemon answers at the socket. */
    static boolean answers(final Path socket) {
        try (ApiClient daemon = new ApiClient(socket, ANSWER_SECONDS)) {
            return daemon.get("/v1/status").length > 0;
        } catch (Refusal e) {
            return false;
        }
    }

    private static String lastLine(final String program, final Path log, final long from)
            throws IOException {
        final byte[] bytes = Files.readAllBytes(log);
        final String text = new String(bytes, (int) from, (int) (bytes.length - from));
        final String line = text.lines().reduce((a, b) -> b).orElse("see " + log);
        final String prefix = program + ": ";
        return line.startsWith(prefix) ? line.substring(prefix.length()) : line;
    }
}

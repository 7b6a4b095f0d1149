package io.vswitch.ctl.daemon;

import io.vswitch.ctl.cli.Run;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real vswitchd in a process of its own, with its files in one directory; killed on close. */
public final class DaemonProcess implements AutoCloseable {
    private static final int START_SECONDS = 60;

    final Path directory;
    final Path socket;
    private final Process process;

    /**
     * Starts it, below {@code prefix} (words before the java command), and waits for its socket.
     */
    public DaemonProcess(final Path directory, final List<String> prefix, final String... more)
            throws IOException, InterruptedException {
        this.directory = directory;
        this.socket = directory.resolve("vswitchd.sock");
        this.process = launch(directory, prefix, more);
        for (int i = 0; i < START_SECONDS * 20; i++) {
            if (!process.isAlive()) {
                throw new AssertionError("vswitchd ended: " + log());
            }
            if (Files.exists(socket) && Run.at(socket, "show").code() == 0) {
                return;
            }
            Thread.sleep(50);
        }
        process.destroyForcibly();
        throw new AssertionError("vswitchd doesn't answer: " + log());
    }

    public DaemonProcess(final Path directory) throws IOException, InterruptedException {
        this(directory, List.of());
    }

    static Process launch(final Path directory, final List<String> prefix, final String... more)
            throws IOException {
        final List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        for (final String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--add-") || flag.startsWith("--enable-")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-Xmx128m", "-XX:MaxDirectMemorySize=1g"));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Vswitchd.class.getName()));
        final String[] defaults = {
            "--run-dir=" + directory, "--state-dir=" + directory.resolve("state"), "--group=root"
        };
        for (final String option : defaults) {
            final String flag = option.substring(0, option.indexOf('=') + 1);
            if (List.of(more).stream().noneMatch(o -> o.startsWith(flag))) {
                command.add(option);
            }
        }
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    /** What an unsuccessful start printed last, and its exit code. */
    static String failedStart(final Path directory, final String... more)
            throws IOException, InterruptedException {
        final Process process = launch(directory, List.of(), more);
        if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("vswitchd started");
        }
        final String log = Files.readString(directory.resolve("log"));
        return process.exitValue() + " " + log.lines().reduce((a, b) -> b).orElse("");
    }

    public Run run(final String command) {
        return Run.at(socket, command);
    }

    public String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    long pid() {
        return process.pid();
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGTERM; returns the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("vswitchd doesn't stop");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}

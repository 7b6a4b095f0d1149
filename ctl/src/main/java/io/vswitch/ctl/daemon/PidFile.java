package io.vswitch.ctl.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The daemon's process id, with the time it started, which tells it from a later process of the
 * same id; any thread.
 */
public final class PidFile {
    private static final int START_TIME_FIELD = 22;

    private PidFile() {}

    static void write(final Path file) throws IOException {
        write(file, ProcessHandle.current().pid());
    }

    /** Writes that of another process. */
    public static void write(final Path file, final long pid) throws IOException {
        Files.writeString(file, pid + " " + startTicks(pid) + "\n");
    }

    /** The process that wrote the file, if it still runs. */
    public static Optional<ProcessHandle> read(final Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        final String text = Files.readString(file).trim();
        if (!text.matches("\\d{1,10} \\d{1,19}")) {
            return Optional.empty();
        }
        final long pid = Long.parseLong(text.substring(0, text.indexOf(' ')));
        final String ticks = text.substring(text.indexOf(' ') + 1);
        return ticks.equals(startTicks(pid)) ? ProcessHandle.of(pid) : Optional.empty();
    }

    /**
     * Field 22 of /proc/PID/stat (proc(5)), counted behind the command, which may hold anything. A
     * process that has ended and is only not yet collected by its parent counts as none.
     */
    private static String startTicks(final long pid) {
        try {
            final String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return "ZX".contains(fields[0]) ? "none" : fields[START_TIME_FIELD - 3];
        } catch (IOException e) {
            return "none";
        }
    }
}

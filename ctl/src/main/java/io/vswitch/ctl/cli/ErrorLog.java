package io.vswitch.ctl.cli;

import io.vswitch.core.counters.CountersFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.errors.ErrorLogReader;

/**
 * The distinct errors in the daemon's mapped counters file, readable while it hangs; one thread.
 */
final class ErrorLog {
    private ErrorLog() {}

    /** What the file holds. */
    record Snapshot(long pid, List<Entry> errors) {}

    /**
     * An error that was met once or more.
     *
     * @param first when it was met first, ISO 8601 in UTC.
     * @param text the exception with its stack.
     */
    record Entry(int count, String first, String last, String text) {}

    static Snapshot read(final Path file) {
        try (CountersFile.View view = CounterStats.open(file)) {
            final List<Entry> errors = new ArrayList<>();
            ErrorLogReader.read(
                    view.errors(),
                    (count, firstMs, lastMs, text) ->
                            errors.add(new Entry(count, time(firstMs), time(lastMs), text)));
            return new Snapshot(view.pid(), errors);
        }
    }

    private static String time(final long epochMs) {
        return Instant.ofEpochMilli(epochMs).toString();
    }
}

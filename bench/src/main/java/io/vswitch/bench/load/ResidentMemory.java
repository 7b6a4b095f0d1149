package io.vswitch.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** What this process has in memory; any thread. */
final class ResidentMemory {
    private static final Path ROLLUP = Path.of("/proc/self/smaps_rollup");
    private static final int KIB = 1024;
    private static final long PAUSE_NS = 50_000_000;

    private ResidentMemory() {}

    /** As {@link #bytes}, when what closed switches had is given back. */
    static long bytesAfterCollection() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            LockSupport.parkNanos(PAUSE_NS);
        }
        return bytes();
    }

    /** Bytes of anonymous memory that are resident, the heap's included. */
    static long bytes() {
        try {
            for (final String line : Files.readAllLines(ROLLUP)) {
                if (line.startsWith("Anonymous:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException(ROLLUP + " has no line Anonymous");
    }
}

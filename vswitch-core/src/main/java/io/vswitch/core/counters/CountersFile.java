package io.vswitch.core.counters;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import org.agrona.IoUtil;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.DistinctErrorLog;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * The counters and the error log of a switch in one mapped file, which other processes read while
 * the switch runs or hangs. Counters are allocated on the conductor's thread; each has a single
 * writer. The mapping lasts as long as somebody refers to it: unmapping it while another thread
 * still reads a counter or logs an error would take the whole process down.
 *
 * <pre>
 *   0    magic "VSWCNT01" (8) | pid (8) | start, epoch ms (8) | heartbeat, epoch ms (8)
 *   32   counters metadata length (4) | counter values length (4) | error log length (4) | zero to 128
 *   128  metadata, values, error log: formats of Agrona's CountersReader and ErrorLogReader
 * </pre>
 */
public final class CountersFile {
    /** First 8 bytes of the file. */
    public static final long MAGIC = 0x31305443_57535630L;

    /** Most counters at a time in a file, of which only what is used takes memory. */
    private static final int MAX_IN_FILE = 524_288;

    /** The same without one. */
    private static final int MAX_IN_MEMORY = 65_536;

    private static final int PID_OFFSET = 8;
    private static final int START_OFFSET = 16;
    private static final int HEARTBEAT_OFFSET = 24;
    private static final int METADATA_LENGTH_OFFSET = 32;
    private static final int VALUES_LENGTH_OFFSET = 36;
    private static final int ERRORS_LENGTH_OFFSET = 40;
    private static final int HEADER_LENGTH = 128;

    private static final int ERROR_LOG_LENGTH = 256 * 1024;

    private final int capacity;
    private final UnsafeBuffer header;
    private final CountersManager counters;
    private final DistinctErrorLog errorLog;

    /**
     * Makes the file anew, or keeps counters in memory only.
     *
     * @param file where, or null for memory; missing parent directories are an error.
     */
    public CountersFile(final Path file) {
        final EpochClock clock = SystemEpochClock.INSTANCE;
        capacity = file != null ? MAX_IN_FILE : MAX_IN_MEMORY;
        final int metadataLength = capacity * CountersReader.METADATA_LENGTH;
        final int valuesLength = capacity * CountersReader.COUNTER_LENGTH;
        final int length = HEADER_LENGTH + metadataLength + valuesLength + ERROR_LOG_LENGTH;
        final ByteBuffer memory;
        if (file != null) {
            IoUtil.deleteIfExists(file.toFile());
            memory = IoUtil.mapNewFile(file.toFile(), length, false);
        } else {
            memory = ByteBuffer.allocateDirect(length);
        }
        header = new UnsafeBuffer(memory, 0, HEADER_LENGTH);
        final AtomicBuffer metadata = new UnsafeBuffer(memory, HEADER_LENGTH, metadataLength);
        final AtomicBuffer values =
                new UnsafeBuffer(memory, HEADER_LENGTH + metadataLength, valuesLength);
        counters = new CountersManager(metadata, values);
        errorLog =
                new DistinctErrorLog(
                        new UnsafeBuffer(
                                memory,
                                HEADER_LENGTH + metadataLength + valuesLength,
                                ERROR_LOG_LENGTH),
                        clock);
        header.putLong(PID_OFFSET, ProcessHandle.current().pid());
        header.putLong(START_OFFSET, clock.time());
        header.putInt(METADATA_LENGTH_OFFSET, metadataLength);
        header.putInt(VALUES_LENGTH_OFFSET, valuesLength);
        header.putInt(ERRORS_LENGTH_OFFSET, ERROR_LOG_LENGTH);
        heartbeat(clock.time());
        header.putLongRelease(0, MAGIC);
    }

    /** Most counters at a time. */
    public int capacity() {
        return capacity;
    }

    public CountersManager counters() {
        return counters;
    }

    /** Errors by distinct stack, with counts; any thread may record. */
    public DistinctErrorLog errorLog() {
        return errorLog;
    }

    /** The conductor says that it lives; epoch milliseconds. */
    public void heartbeat(final long epochMs) {
        header.putLongRelease(HEARTBEAT_OFFSET, epochMs);
    }

    /** A reader's view of the counters file of another process; close unmaps it. */
    public static final class View implements AutoCloseable {
        private final MappedByteBuffer mapped;
        private final UnsafeBuffer header;
        private final CountersReader counters;
        private final AtomicBuffer errors;

        /**
         * @throws IllegalStateException with one line when the file isn't there or isn't a counters
         *     file.
         */
        public View(final Path file) {
            if (!file.toFile().isFile()) {
                throw new IllegalStateException("counters file " + file + " doesn't exist");
            }
            mapped =
                    IoUtil.mapExistingFile(
                            file.toFile(),
                            java.nio.channels.FileChannel.MapMode.READ_ONLY,
                            "counters");
            header = new UnsafeBuffer(mapped, 0, Math.min(HEADER_LENGTH, mapped.capacity()));
            if (mapped.capacity() < HEADER_LENGTH || header.getLongVolatile(0) != MAGIC) {
                IoUtil.unmap(mapped);
                throw new IllegalStateException(file + " isn't a counters file of this version");
            }
            final int metadataLength = header.getInt(METADATA_LENGTH_OFFSET);
            final int valuesLength = header.getInt(VALUES_LENGTH_OFFSET);
            counters =
                    new CountersReader(
                            new UnsafeBuffer(mapped, HEADER_LENGTH, metadataLength),
                            new UnsafeBuffer(mapped, HEADER_LENGTH + metadataLength, valuesLength));
            errors =
                    new UnsafeBuffer(
                            mapped,
                            HEADER_LENGTH + metadataLength + valuesLength,
                            header.getInt(ERRORS_LENGTH_OFFSET));
        }

        public CountersReader counters() {
            return counters;
        }

        /** For Agrona's ErrorLogReader. */
        public AtomicBuffer errors() {
            return errors;
        }

        /** Process that writes the file. */
        public long pid() {
            return header.getLong(PID_OFFSET);
        }

        /** When it started, epoch milliseconds. */
        public long startMs() {
            return header.getLong(START_OFFSET);
        }

        /** When its conductor last said that it lives, epoch milliseconds. */
        public long heartbeatMs() {
            return header.getLongVolatile(HEARTBEAT_OFFSET);
        }

        @Override
        public void close() {
            IoUtil.unmap(mapped);
        }
    }
}

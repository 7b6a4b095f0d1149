package io.vswitch.ctl.persist;

import io.vswitch.ctl.persist.JournalFormat.FileHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The append-only, checksummed log of the desired state; owned by one thread at a time (the
 * conductor), not safe for two.
 *
 * <p>What {@link #append} returned for survives {@code kill -9} and a power cut. Payloads are
 * opaque. A directory belongs to one open journal; the format is described in {@link
 * JournalFormat}.
 *
 * <p>An I/O error leaves the journal as it was before the call, and later calls may succeed. Where
 * that can't be assured (a failed truncate, an interrupt that closed the file), every later call
 * fails and says so.
 */
public final class Journal implements AutoCloseable {
    /** Receives the records that are there already, in order, on the thread that opens. */
    @FunctionalInterface
    public interface Replay {
        /** Takes one record; what it throws ends the opening. */
        void onRecord(long sequence, byte[] payload) throws IOException;
    }

    private final Path dir;
    private final JournalLock lock;
    private final OpenReport openReport;
    private FileHeader header;
    private FileChannel channel;
    private TransactionEncoder encoder;
    private long endOffset;
    private long nextSequence;
    private String failure;

    private Journal(Path dir, JournalLock lock, JournalScan scan, FileChannel channel)
            throws IOException {
        this.dir = dir;
        this.lock = lock;
        this.channel = channel;
        header = scan.header();
        endOffset = scan.goodEnd();
        nextSequence = scan.nextSequence();
        long cutBytes = channel.size() - endOffset;
        if (cutBytes > 0) {
            channel.truncate(endOffset);
            channel.force(true);
        }
        openReport =
                new OpenReport(
                        header.generation(), scan.records().size(), nextSequence - 1, cutBytes);
    }

    /**
     * Opens or creates the journal of {@code dir}, cuts a torn tail, replays every record.
     *
     * @throws JournalCorruptedException if it is damaged elsewhere; nothing was replayed or changed
     * @throws IOException if another process has it, or the disk fails
     */
    public static Journal open(Path dir, Replay replay) throws IOException {
        JournalFiles.createDirectory(dir);
        JournalLock lock = JournalLock.acquire(dir);
        FileChannel channel = null;
        try {
            Files.deleteIfExists(JournalFiles.temporary(dir));
            JournalScan scan = scanOrCreate(dir);
            if (scan.damage() != null) {
                throw new JournalCorruptedException(JournalFiles.log(dir), scan);
            }
            channel = JournalFiles.openForWrite(JournalFiles.log(dir));
            Journal journal = new Journal(dir, lock, scan, channel);
            long sequence = scan.header().firstSequence();
            for (byte[] payload : scan.records()) {
                replay.onRecord(sequence++, payload);
            }
            OffHeapBytes.warmUp();
            return journal;
        } catch (IOException | RuntimeException e) {
            closeAll(channel, lock);
            throw e;
        }
    }

    /**
     * Keeps the records before the first damage, moves all bytes behind them to {@code
     * journal.log.bad}, and leaves a sound journal. The moved bytes are on disk before the journal
     * changes.
     *
     * @throws IOException if a daemon has the journal open, there is none, or the disk fails
     */
    public static RepairReport repair(Path dir) throws IOException {
        JournalLock lock = JournalLock.acquire(dir);
        try {
            return JournalRepair.repair(dir);
        } finally {
            lock.close();
        }
    }

    /** What {@link #open} found. */
    public OpenReport openReport() {
        return openReport;
    }

    /** Length of the file in bytes, what a caller decides on when to compact. */
    public long sizeBytes() {
        return endOffset;
    }

    /** Appends one record and returns its sequence number when it is on disk. */
    public long append(byte[] payload) throws IOException {
        return appendAll(List.of(payload));
    }

    /**
     * Appends records of which all or none survive; returns the last one's sequence number when
     * they are on disk.
     *
     * @throws IllegalArgumentException if there are none, or more than 64 MiB of them
     */
    public long appendAll(List<byte[]> payloads) throws IOException {
        checkUsable();
        ByteBuffer bytes = encoder().encode(header.salt(), nextSequence, payloads);
        if (endOffset + bytes.remaining() > JournalFormat.MAX_FILE_LENGTH) {
            throw new IOException(
                    JournalFiles.log(dir)
                            + ": full, limit is "
                            + JournalFormat.MAX_FILE_LENGTH
                            + " bytes");
        }
        int length = bytes.remaining();
        // An interrupt that came before must not close the file; one that comes during the write
        // does.
        boolean interrupted = Thread.interrupted();
        try {
            JournalFiles.writeFully(channel, bytes, endOffset);
            channel.force(false);
        } catch (IOException e) {
            takeBack(e);
            throw new IOException(JournalFiles.log(dir) + ": append failed: " + e.getMessage(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        endOffset += length;
        nextSequence += payloads.size();
        return nextSequence - 1;
    }

    /**
     * Replaces the whole log by {@code snapshot} (the records that rebuild the present state) in a
     * new generation; sequence numbers go on. A crash leaves the old log or the new one, whole.
     */
    public void compact(Iterable<byte[]> snapshot) throws IOException {
        checkUsable();
        FileHeader next = FileHeader.create(header.generation() + 1, nextSequence);
        try (GenerationWriter writer = new GenerationWriter(dir, next)) {
            for (byte[] payload : snapshot) {
                writer.add(encoder(), payload);
            }
            FileChannel old = channel;
            channel = writer.publish();
            header = next;
            endOffset = writer.endOffset();
            nextSequence = writer.nextSequence();
            old.close();
        }
        try {
            JournalFiles.syncDirectory(dir);
        } catch (IOException e) {
            failure = "new generation may not be on disk: " + e.getMessage();
            throw e;
        }
    }

    /** Closes the file and frees the directory for the next opener; closing again does nothing. */
    @Override
    public void close() throws IOException {
        failure = "closed";
        if (encoder != null) {
            encoder.close();
            encoder = null;
        }
        closeAll(channel, lock);
    }

    private static JournalScan scanOrCreate(Path dir) throws IOException {
        if (Files.notExists(JournalFiles.log(dir))) {
            try (GenerationWriter writer = new GenerationWriter(dir, FileHeader.create(1, 1))) {
                writer.publish().close();
            }
            JournalFiles.syncDirectory(dir);
        }
        return JournalScan.of(JournalFiles.log(dir));
    }

    /** Back to the last good record; what was on disk before the failed append still is. */
    private void takeBack(IOException cause) {
        try {
            channel.truncate(endOffset);
            channel.force(true);
        } catch (IOException e) {
            failure =
                    "an append failed (" + cause.getMessage() + ") and can't be undone; reopen it";
            cause.addSuppressed(e);
        }
    }

    private void checkUsable() throws IOException {
        if (failure != null) {
            throw new IOException(JournalFiles.log(dir) + ": journal is unusable: " + failure);
        }
    }

    private TransactionEncoder encoder() {
        if (encoder == null) {
            encoder = new TransactionEncoder();
        }
        return encoder;
    }

    private static void closeAll(FileChannel channel, JournalLock lock) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            lock.close();
        }
    }
}

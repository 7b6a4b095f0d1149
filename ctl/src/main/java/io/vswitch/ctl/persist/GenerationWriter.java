package io.vswitch.ctl.persist;

import io.vswitch.ctl.persist.JournalFormat.FileHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a new journal file beside the old one and puts it in its place; owned by the journal's
 * thread.
 *
 * <p>Closing without {@link #publish} deletes the new file and leaves the old one in force.
 */
final class GenerationWriter implements AutoCloseable {
    private final Path dir;
    private final FileHeader header;
    private final FileChannel channel;
    private long endOffset;
    private long nextSequence;
    private boolean published;

    GenerationWriter(Path dir, FileHeader header) throws IOException {
        this.dir = dir;
        this.header = header;
        Files.deleteIfExists(JournalFiles.temporary(dir));
        channel = JournalFiles.create(JournalFiles.temporary(dir));
        nextSequence = header.firstSequence();
        try {
            write(header.encode());
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Adds a record as a transaction of its own, so that damage later costs as few as possible. */
    void add(TransactionEncoder encoder, byte[] payload) throws IOException {
        write(encoder.encode(header.salt(), nextSequence, List.of(payload)));
        nextSequence++;
    }

    /** Adds transactions that are encoded already. */
    void write(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        if (endOffset + length > JournalFormat.MAX_FILE_LENGTH) {
            throw new IOException(
                    JournalFiles.log(dir)
                            + ": full, limit is "
                            + JournalFormat.MAX_FILE_LENGTH
                            + " bytes");
        }
        JournalFiles.writeFully(channel, bytes, endOffset);
        endOffset += length;
    }

    /**
     * Content to disk, then the name. The caller syncs the directory and owns the channel from
     * here.
     */
    FileChannel publish() throws IOException {
        channel.force(true);
        JournalFiles.rename(JournalFiles.temporary(dir), JournalFiles.log(dir));
        published = true;
        return channel;
    }

    long endOffset() {
        return endOffset;
    }

    long nextSequence() {
        return nextSequence;
    }

    @Override
    public void close() throws IOException {
        if (!published) {
            channel.close();
            Files.deleteIfExists(JournalFiles.temporary(dir));
        }
    }
}

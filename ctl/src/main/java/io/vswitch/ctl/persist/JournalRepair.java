package io.vswitch.ctl.persist;

import io.vswitch.ctl.persist.JournalFormat.FileHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The way out of a damaged journal; runs on the caller's thread, which holds the {@link
 * JournalLock}.
 *
 * <p>First the bytes from the damage on go to a file of their own, then the journal is replaced by
 * what stands before them. A crash in between leaves the damaged journal and one copy too many.
 */
final class JournalRepair {
    private JournalRepair() {}

    static RepairReport repair(Path dir) throws IOException {
        Path log = JournalFiles.log(dir);
        JournalScan scan;
        try {
            scan = JournalScan.of(log);
        } catch (NoSuchFileException e) {
            throw new IOException(log + ": no such journal", e);
        }
        byte[] file = JournalFiles.read(log);
        int kept = scan.goodEnd();
        long last = scan.nextSequence() - 1;
        if (scan.isHeaderSound() && kept == file.length) {
            return new RepairReport(scan.records().size(), last, 0, null);
        }
        // A bad header is moved as well: then the whole file goes, and its good records are copied.
        int movedFrom = scan.isHeaderSound() ? kept : 0;
        Path bad = JournalFiles.unusedBad(dir);
        save(bad, ByteBuffer.wrap(file, movedFrom, file.length - movedFrom));
        JournalFiles.syncDirectory(dir);
        replace(dir, scan, file);
        return new RepairReport(scan.records().size(), last, file.length - movedFrom, bad);
    }

    private static void save(Path bad, ByteBuffer bytes) throws IOException {
        try (FileChannel channel = JournalFiles.create(bad)) {
            JournalFiles.writeFully(channel, bytes, 0);
            channel.force(true);
        }
    }

    private static void replace(Path dir, JournalScan scan, byte[] file) throws IOException {
        FileHeader header = scan.header() == null ? FileHeader.create(1, 1) : scan.header();
        int from = Math.min(JournalFormat.FILE_HEADER_LENGTH, scan.goodEnd());
        try (GenerationWriter writer = new GenerationWriter(dir, header)) {
            writer.write(ByteBuffer.wrap(file, from, scan.goodEnd() - from));
            writer.publish().close();
        }
        JournalFiles.syncDirectory(dir);
    }
}

package io.vswitch.ctl.persist;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The names in a journal's directory and the file operations that survive a power cut; stateless,
 * any thread. A name is durable after an fsync of its directory (fsync(2), NOTES).
 */
final class JournalFiles {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private JournalFiles() {}

    static Path log(Path dir) {
        return dir.resolve("journal.log");
    }

    /** A generation in the making; worthless until it is renamed, deleted on open. */
    static Path temporary(Path dir) {
        return dir.resolve("journal.tmp");
    }

    static Path lock(Path dir) {
        return dir.resolve("journal.lock");
    }

    /**
     * The first unused name for what a repair moves out: journal.log.bad, then .bad.1 and so on.
     */
    static Path unusedBad(Path dir) {
        Path bad = dir.resolve("journal.log.bad");
        for (int i = 1; Files.exists(bad); i++) {
            bad = dir.resolve("journal.log.bad." + i);
        }
        return bad;
    }

    /** Creates {@code dir} and what is missing above it, each name durable. */
    static void createDirectory(Path dir) throws IOException {
        if (Files.isDirectory(dir)) {
            return;
        }
        Path parent = dir.toAbsolutePath().getParent();
        createDirectory(parent);
        Files.createDirectory(dir);
        syncDirectory(parent);
    }

    /** A new file for its owner only: desired state may hold keys. */
    static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, Set.of(CREATE_NEW, READ, WRITE), OWNER_ONLY);
    }

    /** Owner only as well: who may read the file may hold a lock that keeps the daemon out. */
    static FileChannel openLock(Path file) throws IOException {
        return FileChannel.open(file, Set.of(CREATE, READ, WRITE), OWNER_ONLY);
    }

    static FileChannel openForWrite(Path file) throws IOException {
        return FileChannel.open(file, READ, WRITE);
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes, long position)
            throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /**
     * Gives {@code temporary}, whose content is on disk already, the name {@code target} in one
     * step.
     */
    static void rename(Path temporary, Path target) throws IOException {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }

    static void syncDirectory(Path dir) throws IOException {
        try (FileChannel channel = FileChannel.open(dir, READ)) {
            channel.force(true);
        }
    }

    /** Reads the whole journal. */
    static byte[] read(Path log) throws IOException {
        long size = Files.size(log);
        if (size > JournalFormat.MAX_FILE_LENGTH) {
            throw new IOException(
                    log
                            + ": "
                            + size
                            + " bytes, a journal has at most "
                            + JournalFormat.MAX_FILE_LENGTH);
        }
        return Files.readAllBytes(log);
    }
}

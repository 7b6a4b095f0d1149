package io.vswitch.ctl.persist;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds a journal's directory for one opener; owned by the journal's thread.
 *
 * <p>The lock is a POSIX record lock: the kernel drops it when the process ends, however it ends,
 * so no stale lock is left behind. The kernel also drops it when the process closes any other
 * descriptor of the file (fcntl(2)), so a second opener in this JVM must be turned away before it
 * opens the lock file.
 */
final class JournalLock implements AutoCloseable {
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path key;
    private final FileChannel channel;

    private JournalLock(Path key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /** Fails with one line that names the directory and the process that has it. */
    static JournalLock acquire(Path dir) throws IOException {
        Path key = dir.toRealPath();
        if (!HELD.add(key)) {
            throw new IOException(dir + ": journal is already open in this process");
        }
        try {
            return new JournalLock(key, lock(dir));
        } catch (IOException | RuntimeException e) {
            HELD.remove(key);
            throw e;
        }
    }

    private static FileChannel lock(Path dir) throws IOException {
        FileChannel channel = JournalFiles.openLock(JournalFiles.lock(dir));
        try {
            if (channel.tryLock() == null) {
                String holder = pid(channel);
                throw new IOException(
                        dir
                                + ": journal is in use by another daemon (pid "
                                + holder
                                + "); stop it first");
            }
            channel.truncate(0);
            String pid = Long.toString(ProcessHandle.current().pid());
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static String pid(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
        return pid.matches("[0-9]+") ? pid : "unknown";
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(key);
        }
    }
}

package io.vswitch.ctl.daemon;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One daemon per socket; held by the main thread from before the journal is opened. The lock
 * (fcntl(2)) ends with the process, so a socket file found under it is a leftover, unless somebody
 * answers there.
 */
final class SocketGuard implements AutoCloseable {
    private final FileChannel lock;

    private SocketGuard(final FileChannel lock) {
        this.lock = lock;
    }

    /** Takes the socket's path, and removes what a killed daemon left there. */
    static SocketGuard acquire(final Path socket) throws IOException {
        final FileChannel lock = FileChannel.open(Path.of(socket + ".lock"), CREATE, WRITE);
        try {
            if (lock.tryLock() == null || answers(socket)) {
                throw Refusal.failure(
                        "socket "
                                + socket
                                + " is in use by another daemon; stop it, or choose another"
                                + " --socket");
            }
            removeStale(socket);
            return new SocketGuard(lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static boolean answers(final Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void removeStale(final Path socket) throws IOException {
        if (Files.isRegularFile(socket) || Files.isDirectory(socket)) {
            throw Refusal.failure("socket " + socket + ": a file that is not a socket is there");
        }
        Files.deleteIfExists(socket);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}

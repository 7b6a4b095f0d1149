package io.vswitch.containers;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** HTTP on a unix socket for root alone; handlers run on Jetty's threads. */
public final class UnixServer implements AutoCloseable {
    private static final int MAX_THREADS = 16;
    private static final int MIN_THREADS = 3;

    private final Server server;
    private final Path socket;

    private UnixServer(final Server server, final Path socket) {
        this.server = server;
        this.socket = socket;
    }

    /** Listens; only root may connect. */
    public static UnixServer start(final Path socket, final Handler handler) throws IOException {
        Files.createDirectories(socket.toAbsolutePath().getParent());
        removeStale(socket);
        final QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
        threads.setName("server");
        threads.setDaemon(true);
        final Server server = new Server(threads);
        final HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        final UnixDomainServerConnector connector =
                new UnixDomainServerConnector(server, 1, 1, new LenientConnectionFactory(http));
        connector.setUnixDomainPath(socket);
        server.addConnector(connector);
        server.setHandler(handler);
        try {
            server.start();
        } catch (final Exception e) {
            throw new IOException("socket " + socket + ": " + e.getMessage(), e);
        }
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        return new UnixServer(server, socket);
    }

    private static void removeStale(final Path socket) throws IOException {
        if (!Files.exists(socket)) {
            return;
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            throw Refusal.failure(
                    "socket " + channel.getRemoteAddress() + " is in use by another process");
        } catch (final IOException e) {
            Files.delete(socket);
        }
    }

    @Override
    public String toString() {
        return socket.toString();
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (final Exception e) {
            throw new IOException("socket " + socket + ": " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(socket);
        }
    }
}

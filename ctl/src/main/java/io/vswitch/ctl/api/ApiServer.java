package io.vswitch.ctl.api;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The control API on its unix socket; its handlers run on Jetty's threads, never on a worker's. */
public final class ApiServer implements AutoCloseable {
    private static final int MAX_THREADS = 16;
    private static final int MIN_THREADS = 3;

    private final Server server;
    private final Path socket;

    private ApiServer(final Server server, final Path socket) {
        this.server = server;
        this.socket = socket;
    }

    /**
     * Listens on a socket that only root and {@code group} may connect to.
     *
     * @param socket where; nobody else listens there.
     */
    public static ApiServer start(final Path socket, final GroupPrincipal group, final Api api)
            throws IOException {
        if (socket.toString().length() >= UnixDomainServerConnector.MAX_UNIX_DOMAIN_PATH_LENGTH) {
            throw Refusal.usage(
                    "--socket '%s': path has %d characters; allowed are fewer than %d"
                            .formatted(
                                    socket,
                                    socket.toString().length(),
                                    UnixDomainServerConnector.MAX_UNIX_DOMAIN_PATH_LENGTH));
        }
        final QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
        threads.setName("api");
        threads.setDaemon(true);
        final Server server = new Server(threads);
        final HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        final UnixDomainServerConnector connector =
                new UnixDomainServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setUnixDomainPath(socket);
        server.addConnector(connector);
        server.setHandler(new ApiHandler(api, new Peer(group)));
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException("socket " + socket + ": " + e.getMessage(), e);
        }
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
        Files.getFileAttributeView(socket, PosixFileAttributeView.class).setGroup(group);
        return new ApiServer(server, socket);
    }

    /** Stops listening and removes the socket's file. */
    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("socket " + socket + ": " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(socket);
        }
    }
}

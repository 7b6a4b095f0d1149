package io.vswitch.ctl.directory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Connections of one client to a server on loopback, through a port that can be cut. */
final class Cable implements AutoCloseable {
    private final ServerSocket end;
    private final int server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean isCut;

    Cable(final int server) throws IOException {
        this.server = server;
        end = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    int port() {
        return end.getLocalPort();
    }

    private static void daemon(final Runnable work) {
        final Thread thread = new Thread(work, "cable");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!end.isClosed()) {
            try {
                final Socket client = end.accept();
                if (isCut) {
                    client.close();
                    continue;
                }
                final Socket up = new Socket(InetAddress.getLoopbackAddress(), server);
                sockets.add(client);
                sockets.add(up);
                daemon(() -> pump(client, up));
                daemon(() -> pump(up, client));
            } catch (final IOException e) {
                // closed, or the server isn't there: the client tries again
            }
        }
    }

    private void pump(final Socket from, final Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        } catch (final IOException e) {
            // one side has gone, and now the other does
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    void cut() {
        isCut = true;
        for (final Socket socket : sockets) {
            try {
                socket.close();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void mend() {
        isCut = false;
    }

    @Override
    public void close() throws IOException {
        end.close();
        cut();
    }
}

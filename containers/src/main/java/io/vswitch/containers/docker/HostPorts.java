package io.vswitch.containers.docker;

import io.vswitch.containers.docker.Messages.PortMapping;
import io.vswitch.ctl.state.Refusal;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Ports of the host that lead to containers; under the driver's lock. Each is held by a socket that
 * is bound and takes nothing, so that nobody else can have it, whoever came first.
 */
final class HostPorts {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SCTP = 132;

    private final Map<String, List<Closeable>> held = new HashMap<>();

    /** The protocol's name in rules. */
    static String protocol(final int number) {
        return switch (number) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case SCTP -> "sctp";
            default ->
                    throw Refusal.usage(
                            "protocol %d can't be published; known are tcp, udp, sctp"
                                    .formatted(number));
        };
    }

    /**
     * Takes the ports for an endpoint, all or none; returns them with the host's port that was
     * free.
     *
     * @throws Refusal when one is taken.
     */
    List<PortMapping> take(final String endpoint, final List<PortMapping> wanted) {
        release(endpoint);
        final List<Closeable> sockets = new ArrayList<>();
        final List<PortMapping> taken = new ArrayList<>();
        held.put(endpoint, sockets);
        try {
            for (final PortMapping port : wanted) {
                taken.add(take(port, sockets));
            }
            return List.copyOf(taken);
        } catch (final RuntimeException e) {
            release(endpoint);
            throw e;
        }
    }

    private static PortMapping take(final PortMapping wanted, final List<Closeable> sockets) {
        final String protocol = protocol(wanted.proto());
        final int last = Math.max(wanted.hostPort(), wanted.hostPortEnd());
        IOException failure = null;
        for (int port = wanted.hostPort(); port <= last; port++) {
            try {
                final int bound = bind(wanted, port, sockets);
                return new PortMapping(
                        wanted.proto(), wanted.ip(), wanted.port(), wanted.hostIp(), bound, bound);
            } catch (final IOException e) {
                failure = e;
            }
        }
        throw Refusal.failure(
                "port %d/%s of the host can't be published: %s"
                        .formatted(last, protocol, failure.getMessage()));
    }

    private static int bind(final PortMapping wanted, final int port, final List<Closeable> sockets)
            throws IOException {
        final InetAddress host =
                wanted.hostIp() == null || wanted.hostIp().isEmpty()
                        ? new InetSocketAddress(0).getAddress()
                        : InetAddress.getByName(wanted.hostIp());
        final InetSocketAddress address = new InetSocketAddress(host, port);
        switch (wanted.proto()) {
            case TCP -> {
                final Socket socket = new Socket();
                sockets.add(socket);
                socket.setReuseAddress(false);
                socket.bind(address);
                return socket.getLocalPort();
            }
            case UDP -> {
                final DatagramSocket socket = new DatagramSocket(address);
                sockets.add(socket);
                return socket.getLocalPort();
            }
            default -> {
                return port;
            }
        }
    }

    boolean isHeld(final String endpoint) {
        return held.containsKey(endpoint);
    }

    /** Gives an endpoint's ports back; nothing happens when it has none. */
    void release(final String endpoint) {
        final List<Closeable> sockets = held.remove(endpoint);
        if (sockets == null) {
            return;
        }
        for (final Closeable socket : sockets) {
            try {
                socket.close();
            } catch (final IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}

package io.vswitch.ctl.directory;

import io.etcd.jetcd.Client;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** How clients of etcd are made, and what their errors say; stateless. */
final class EtcdConnection {
    /** etcd takes no pings of clients that come more often than every 5 s. */
    private static final Duration PING = Duration.ofSeconds(6);

    private static final Duration PING_WAIT = Duration.ofSeconds(3);

    private EtcdConnection() {}

    /**
     * A client, which connects with its first call.
     *
     * @param authority certificates of who may speak for etcd, for TLS; null: without.
     * @throws Refusal with one line.
     */
    static Client open(final EtcdAddress address, final Path authority) {
        try {
            return (authority == null
                            ? Client.builder()
                            : Client.builder()
                                    .sslContext(tls -> tls.trustManager(authority.toFile())))
                    .endpoints(address.servers())
                    .keepaliveTime(PING)
                    .keepaliveTimeout(PING_WAIT)
                    .keepaliveWithoutCalls(true)
                    .connectTimeout(PING_WAIT)
                    .waitForReady(false)
                    .build();
        } catch (final IOException | RuntimeException e) {
            throw Refusal.failure(
                    "directory at %s can't be opened: %s".formatted(address.servers(), reason(e)));
        }
    }

    /** The first line of what is at an error's root. */
    static String reason(final Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
    }
}

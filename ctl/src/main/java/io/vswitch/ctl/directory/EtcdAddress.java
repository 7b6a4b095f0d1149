package io.vswitch.ctl.directory;

import io.vswitch.ctl.state.Refusal;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * The etcd servers that keep a directory; immutable.
 *
 * <pre>
 *   etcd://HOST[:PORT],HOST[:PORT],...    members of one etcd cluster
 * </pre>
 *
 * @param servers where they listen for clients.
 */
public record EtcdAddress(List<URI> servers) {
    /** TCP port unless told otherwise. */
    public static final int DEFAULT_PORT = 2379;

    private static final String KIND = "etcd://";
    private static final int MAX_PORT = 65_535;

    /** True when it is one, well-formed or not. */
    public static boolean is(final String text) {
        return text.startsWith(KIND);
    }

    /** Parses it; refuses with one line. */
    public static EtcdAddress parse(final String text, final boolean isTls) {
        final List<URI> servers = new ArrayList<>();
        for (final String word : text.substring(KIND.length()).split(",", -1)) {
            servers.add(server(word, isTls ? "https" : "http"));
        }
        return new EtcdAddress(List.copyOf(servers));
    }

    private static URI server(final String word, final String scheme) {
        try {
            final URI uri = new URI(scheme + "://" + word).parseServerAuthority();
            final boolean isPlain = word.equals(uri.getRawAuthority()) && uri.getUserInfo() == null;
            if (uri.getHost() != null
                    && isPlain
                    && uri.getPort() != 0
                    && uri.getPort() <= MAX_PORT) {
                final int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
                return new URI(scheme, null, uri.getHost(), port, null, null, null);
            }
        } catch (final URISyntaxException e) {
            // refused below
        }
        throw Refusal.usage("--directory server '" + word + "'; allowed is HOST or HOST:PORT");
    }
}

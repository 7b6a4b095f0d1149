package io.vswitch.ctl.directory;

import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Refusal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the hosts of a directory find one another; immutable.
 *
 * <pre>
 *   jgroups:IP[:PORT],IP[:PORT],...    some of the hosts, among them this one
 *   jgroups:multicast@IP[:PORT]        whoever answers; IP is this host's
 * </pre>
 *
 * @param own where this host listens.
 * @param hosts where the others may be; empty: they are found by multicast.
 */
public record DirectoryAddress(InetSocketAddress own, List<InetSocketAddress> hosts) {
    /** TCP port unless told otherwise. */
    public static final int DEFAULT_PORT = 7946;

    private static final String KIND = "jgroups:";
    private static final String MULTICAST = "multicast@";
    private static final int MAX_PORT = 65_535;

    /** Parses it; refuses with one line. */
    public static DirectoryAddress parse(final String text) {
        if (!text.startsWith(KIND)) {
            throw Refusal.usage(
                    "--directory '"
                            + text
                            + "'; allowed are jgroups:IP[:PORT],..., jgroups:multicast@IP"
                            + " and etcd://HOST[:PORT],...");
        }
        final String rest = text.substring(KIND.length());
        if (rest.startsWith(MULTICAST)) {
            return new DirectoryAddress(host(rest.substring(MULTICAST.length())), List.of());
        }
        final List<InetSocketAddress> hosts = new ArrayList<>();
        for (final String word : rest.split(",", -1)) {
            hosts.add(host(word));
        }
        final InetSocketAddress own =
                hosts.stream()
                        .filter(host -> isOwn(host.getAddress()))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        Refusal.usage(
                                                "--directory '"
                                                        + text
                                                        + "': none of the addresses is this"
                                                        + " host's own; it has to be among them"));
        return new DirectoryAddress(own, List.copyOf(hosts));
    }

    /** IPv6 with a port has brackets. */
    private static InetSocketAddress host(final String word) {
        final int colon = word.lastIndexOf(':');
        final boolean bracketed = word.startsWith("[");
        final boolean hasPort =
                colon > 0
                        && (bracketed ? word.charAt(colon - 1) == ']' : word.indexOf(':') == colon);
        final String ip = hasPort ? word.substring(0, colon) : word;
        final String bare = bracketed ? ip.substring(1, ip.length() - 1) : ip;
        return new InetSocketAddress(
                Ip.parse("--directory address", bare).address(),
                hasPort ? port(word.substring(colon + 1)) : DEFAULT_PORT);
    }

    private static int port(final String text) {
        if (!text.matches("\\d{1,5}")
                || Integer.parseInt(text) < 1
                || Integer.parseInt(text) > MAX_PORT) {
            throw Refusal.usage("--directory port '" + text + "'; allowed are 1 to " + MAX_PORT);
        }
        return Integer.parseInt(text);
    }

    private static boolean isOwn(final InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (final SocketException e) {
            return false;
        }
    }
}

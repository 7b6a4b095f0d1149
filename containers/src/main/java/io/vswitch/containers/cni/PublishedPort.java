package io.vswitch.containers.cni;

import com.fasterxml.jackson.databind.JsonNode;
import io.vswitch.ctl.state.Ip;
import java.util.ArrayList;
import java.util.List;

/**
 * A port of the host that leads to a container, from the capability {@code portMappings};
 * immutable.
 *
 * @param protocol tcp, udp or sctp.
 * @param hostIp null for all addresses of the host.
 */
record PublishedPort(String protocol, int hostPort, int containerPort, Ip hostIp) {
    private static final List<String> PROTOCOLS = List.of("tcp", "udp", "sctp");
    private static final int MAX_PORT = 65_535;

    /** What the runtime asks for; refuses what can't be, naming it. */
    static List<PublishedPort> of(final Call call) {
        final JsonNode asked = call.configuration().path("runtimeConfig").path("portMappings");
        final List<PublishedPort> ports = new ArrayList<>();
        for (final JsonNode mapping : asked) {
            ports.add(read(mapping));
        }
        return ports;
    }

    private static PublishedPort read(final JsonNode mapping) {
        final String protocol = mapping.path("protocol").asText("tcp");
        final String hostIp = mapping.path("hostIP").asText("");
        if (!PROTOCOLS.contains(protocol)) {
            throw bad("protocol '%s'; known are %s", protocol, String.join(", ", PROTOCOLS));
        }
        final Ip ip = hostIp.isEmpty() ? null : Ip.parse("hostIP", hostIp);
        return new PublishedPort(
                protocol,
                number(mapping, "hostPort"),
                number(mapping, "containerPort"),
                ip == null || ip.address().isAnyLocalAddress() ? null : ip);
    }

    private static int number(final JsonNode mapping, final String key) {
        final int port = mapping.path(key).asInt(0);
        if (port < 1 || port > MAX_PORT) {
            throw bad(key + " %s; allowed are 1 to %s", mapping.path(key), MAX_PORT);
        }
        return port;
    }

    private static CniException bad(final String form, final Object... arguments) {
        return new CniException(
                CniException.BAD_CONFIGURATION, "portMappings: " + form.formatted(arguments));
    }

    /** Whether a rule that nft lists leads the same port elsewhere. */
    boolean isTakenBy(final String rule) {
        return rule.contains("%s dport %d dnat".formatted(protocol, hostPort))
                && (hostIp == null
                        || rule.contains("fib daddr")
                        || rule.contains(" daddr " + hostIp + " "));
    }

    /** What of a packet says that it is for this port, as nft has it; empty for another family. */
    String match(final boolean v4) {
        if (hostIp != null && hostIp.isV4() != v4) {
            return "";
        }
        return "%s %s dport %d"
                .formatted(
                        hostIp == null
                                ? "fib daddr type local meta nfproto " + (v4 ? "ipv4" : "ipv6")
                                : (v4 ? "ip" : "ip6") + " daddr " + hostIp,
                        protocol,
                        hostPort);
    }
}

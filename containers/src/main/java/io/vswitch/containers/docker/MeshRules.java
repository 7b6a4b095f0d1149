package io.vswitch.containers.docker;

import java.util.Collection;
import java.util.TreeSet;

/**
 * The table of the kernel's packet filter that leads published ports of services into their
 * networks, as a script for nft(8) that replaces all of it; stateless. Sources are kept: the switch
 * finds the way back.
 */
final class MeshRules {
    /** Its name, in family inet. */
    static final String TABLE = "vswitch_mesh";

    private static final String TEXT =
            """
            add table inet %1$s
            delete table inet %1$s
            table inet %1$s {
              chain published {
            %2$s  }
              chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                jump published
              }
              chain output {
                type nat hook output priority -100; policy accept;
                jump published
              }
              chain forward {
                type filter hook forward priority filter; policy accept;
            %3$s  }
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
            %4$s  }
            }
            """;

    private MeshRules() {}

    /**
     * The script.
     *
     * @param devices of the networks; ports of the switch on this host.
     */
    static String script(final Collection<Published> published, final Collection<String> devices) {
        final StringBuilder ports = new StringBuilder();
        for (final Published one : published) {
            ports.append(
                    "    meta nfproto ipv4 fib daddr type local %s dport %d dnat ip to %s:%d\n"
                            .formatted(
                                    HostPorts.protocol(one.proto()),
                                    one.hostPort(),
                                    one.vip(),
                                    one.port()));
        }
        final StringBuilder forward = new StringBuilder();
        final StringBuilder source = new StringBuilder();
        for (final String device : new TreeSet<>(devices)) {
            forward.append("    oifname \"%s\" ct status dnat accept\n".formatted(device));
            forward.append(
                    "    iifname \"%s\" ct state established,related accept\n".formatted(device));
            forward.append("    oifname \"%s\" drop\n".formatted(device));
            forward.append("    iifname \"%s\" drop\n".formatted(device));
            source.append("    oifname \"%s\" ip saddr 127.0.0.0/8 masquerade\n".formatted(device));
        }
        return TEXT.formatted(TABLE, ports, forward, source);
    }
}

package io.vswitch.ctl.scenario;

import java.util.List;

/** What docs/operations.md says of guards, as OpenFlow rules of four tables. */
final class OpenFlowGuards {
    private final Endpoint endpoint;
    private final List<String> names;
    private final int macs;
    private final int addresses;
    private final int neighbours;
    private final int servers;

    OpenFlowGuards(final Endpoint endpoint, final List<String> names, final int firstTable) {
        this.endpoint = endpoint;
        this.names = names;
        macs = firstTable;
        addresses = firstTable + 1;
        neighbours = firstTable + 2;
        servers = firstTable + 3;
    }

    void addTo(final List<String> flows) {
        final String mac = endpoint.mac();
        final String ip = endpoint.ip();
        final String ip6 = endpoint.ip6();
        allowOnly(flows, "mac", macs, "", "dl_src=" + mac);
        allowOnly(flows, "ipv4", addresses, "ip", "nw_src=" + ip);
        allow(flows, "ipv4", addresses, "udp,nw_src=0.0.0.0,tp_dst=67");
        allowOnly(
                flows,
                "ipv6",
                addresses,
                "ipv6",
                "ipv6_src=" + ip6,
                "ipv6_src=fe80::/10",
                "ipv6_src=::");
        allowOnly(
                flows,
                "arp",
                neighbours,
                "arp",
                "arp_sha=" + mac + ",arp_spa=" + ip,
                "arp_sha=" + mac + ",arp_spa=0.0.0.0");
        allowOnly(
                flows,
                "nd",
                neighbours,
                "icmp6,icmp_type=136,icmp_code=0",
                "nd_target=" + ip6,
                "nd_target=fe80::/10");
        refuse(flows, "dhcp", "udp,tp_src=67");
        refuse(flows, "dhcp", "udp6,tp_src=547");
        refuse(flows, "ra", "icmp6,icmp_type=134");
        refuse(flows, "ra", "icmp6,icmp_type=137");
        if (names.contains("storm")) {
            flows.add(
                    "table=%d,in_port=%d,arp,priority=20 actions=meter:%d,resubmit(,%d)"
                            .formatted(servers, endpoint.number(), endpoint.number(), servers + 1));
        }
    }

    /** The limit of ARP of an endpoint: 200 a second after 400 at once. */
    static String meter(final Endpoint endpoint) {
        return "meter=" + endpoint.number() + ",pktps,burst,band=type=drop,rate=200,burst_size=400";
    }

    private void allowOnly(
            final List<String> flows,
            final String guard,
            final int table,
            final String kind,
            final String... allowed) {
        if (names.contains(guard)) {
            final String what = kind.isEmpty() ? "" : kind + ",";
            for (final String match : allowed) {
                allow(flows, guard, table, what + match);
            }
            flows.add(from(table) + what + "priority=10 actions=drop");
        }
    }

    private void allow(
            final List<String> flows, final String guard, final int table, final String match) {
        if (names.contains(guard)) {
            flows.add(
                    "%s%s,priority=20 actions=resubmit(,%d)"
                            .formatted(from(table), match, table + 1));
        }
    }

    private String from(final int table) {
        return "table=" + table + ",in_port=" + endpoint.number() + ",";
    }

    private void refuse(final List<String> flows, final String guard, final String match) {
        if (names.contains(guard)) {
            flows.add(
                    "table=%d,in_port=%d,%s,priority=20 actions=drop"
                            .formatted(servers, endpoint.number(), match));
        }
    }
}

package io.vswitch.ctl.scenario;

import java.util.List;

/** The header changes of a rewrite as OpenFlow actions. */
final class OpenFlowSets {
    private OpenFlowSets() {}

    static boolean isSet(final String word) {
        return word.contains("=") || List.of("vlan-pop", "ttl-dec").contains(word);
    }

    /** Actions, each with a comma behind it. */
    static String of(final List<String> sets, final String match) {
        final StringBuilder actions = new StringBuilder();
        sets.forEach(set -> actions.append(action(set, match)).append(','));
        return actions.toString();
    }

    /** The question turned into its answer: ARP with this MAC, or without one an echo. */
    static String answer(final String mac) {
        if (mac == null) {
            return swap("NXM_OF_ETH_SRC", "NXM_OF_ETH_DST")
                    + swap("NXM_OF_IP_SRC", "NXM_OF_IP_DST")
                    + "set_field:0->icmp_type,in_port";
        }
        return "move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:%s->eth_src,".formatted(mac)
                + "set_field:2->arp_op,move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],"
                + swap("NXM_OF_ARP_SPA", "NXM_OF_ARP_TPA")
                + "set_field:%s->arp_sha,in_port".formatted(mac);
    }

    private static String swap(final String one, final String other) {
        return "push:%s[],push:%s[],pop:%s[],pop:%s[],".formatted(one, other, one, other);
    }

    private static String action(final String set, final String match) {
        final int equals = set.indexOf('=');
        final String value = set.substring(equals + 1);
        return switch (equals < 0 ? set : set.substring(0, equals)) {
            case "src-mac" -> "set_field:" + value + "->eth_src";
            case "dst-mac" -> "set_field:" + value + "->eth_dst";
            case "src-ip" -> "set_field:" + value + "->" + family(value) + "_src";
            case "dst-ip" -> "set_field:" + value + "->" + family(value) + "_dst";
            case "src-port" -> "set_field:" + value + "->" + protocol(match) + "_src";
            case "dst-port" -> "set_field:" + value + "->" + protocol(match) + "_dst";
            case "vlan-push" ->
                    "push_vlan:0x8100,set_field:"
                            + (Integer.parseInt(value) | 0x1000)
                            + "->vlan_vid";
            case "vlan-set" -> "set_field:" + (Integer.parseInt(value) | 0x1000) + "->vlan_vid";
            case "vlan-pop" -> "pop_vlan";
            case "dscp" -> "set_field:" + value + "->ip_dscp";
            case "ttl-dec" -> "dec_ttl";
            default -> throw new IllegalArgumentException(set);
        };
    }

    private static String family(final String address) {
        return address.contains(":") ? "ipv6" : "ip";
    }

    private static String protocol(final String match) {
        return match.contains("udp") ? "udp" : "tcp";
    }
}

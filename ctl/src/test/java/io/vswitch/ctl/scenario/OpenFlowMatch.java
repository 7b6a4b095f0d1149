package io.vswitch.ctl.scenario;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The conditions of a rule as OpenFlow matches; a rule may need several of them. */
final class OpenFlowMatch {
    private static final List<String> TWO_VALUED = List.of("src-ip", "dst-ip", "arp-target");

    private final Map<String, String> fields = new HashMap<>();
    private List<String> matches = List.of("");

    /**
     * Reads conditions.
     *
     * @param words field, value, field, value.
     */
    OpenFlowMatch(final List<String> words) {
        for (int i = 0; i < words.size(); i += 2) {
            final String field = words.get(i);
            String value = words.get(i + 1);
            if (value.equals("not")) {
                if (!TWO_VALUED.contains(field)) {
                    throw new IllegalArgumentException("not of " + field);
                }
                value = String.join(",", complement(words.get(i + 2)));
                i++;
            }
            fields.put(field, value);
        }
    }

    List<String> all() {
        one("src-mac", mac -> "dl_src=" + mac);
        one("dst-mac", mac -> "dl_dst=" + mac);
        one("vlan", OpenFlowMatch::vlan);
        final List<String> layer2 = matches;
        final List<String> found = new ArrayList<>();
        for (final boolean isIpv6 : families()) {
            matches = layer2;
            protocols(isIpv6);
            addresses("src-ip", isIpv6 ? "ipv6_src=" : "nw_src=", isIpv6);
            addresses("dst-ip", isIpv6 ? "ipv6_dst=" : "nw_dst=", isIpv6);
            ports("src-port", "tp_src=");
            ports("dst-port", "tp_dst=");
            one("icmp-type", type -> "icmp_type=" + type);
            one("icmp-code", code -> "icmp_code=" + code);
            one("tcp-flags", OpenFlowMatch::flags);
            found.addAll(matches);
        }
        return found;
    }

    /** Whether IPv4, IPv6; what is neither has one match without a family. */
    private List<Boolean> families() {
        final String protocol = fields.getOrDefault("proto", "");
        final String type = fields.getOrDefault("ethertype", "");
        final String addresses =
                fields.getOrDefault("src-ip", "") + fields.getOrDefault("dst-ip", "");
        if (type.equals("ipv6") || protocol.equals("icmpv6") || addresses.contains(":")) {
            return List.of(true);
        }
        if (!type.isEmpty() || protocol.equals("icmp") || !addresses.isEmpty()) {
            return List.of(false);
        }
        return protocol.isEmpty() ? List.of(false) : List.of(false, true);
    }

    private void protocols(final boolean isIpv6) {
        final String family = isIpv6 ? "ipv6" : "ip";
        if (fields.containsKey("arp-target")) {
            many(
                    List.of(fields.get("arp-target").split(",")),
                    target -> "arp,arp_op=1,arp_tpa=" + target);
        } else if (fields.containsKey("proto")) {
            many(
                    List.of(fields.get("proto").split(",")),
                    protocol -> protocol(protocol, family, isIpv6));
        } else if (fields.containsKey("ethertype")) {
            one("ethertype", type -> ethertype(type, family));
        } else if (fields.containsKey("src-ip") || fields.containsKey("dst-ip")) {
            many(List.of(family), word -> word);
        }
    }

    private static String protocol(
            final String protocol, final String family, final boolean isIpv6) {
        return switch (protocol) {
            case "tcp", "udp" -> protocol + (isIpv6 ? "6" : "");
            case "icmp" -> "icmp";
            case "icmpv6" -> "icmp6";
            default -> family + ",nw_proto=" + protocol;
        };
    }

    private static String ethertype(final String type, final String family) {
        return switch (type) {
            case "ipv4", "ipv6" -> family;
            case "arp" -> "arp";
            default -> "dl_type=" + type;
        };
    }

    private static String vlan(final String vlan) {
        return switch (vlan) {
            case "none" -> "vlan_tci=0x0000/0x1000";
            case "any" -> "vlan_tci=0x1000/0x1000";
            default -> "dl_vlan=" + vlan;
        };
    }

    /** {@code syn/syn+ack} is {@code +syn-ack}; without a mask the flags are all set. */
    private static String flags(final String text) {
        final String[] parts = text.split("/");
        final List<String> set = List.of(parts[0].split("\\+"));
        final StringBuilder match = new StringBuilder("tcp_flags=");
        for (final String flag : parts[parts.length - 1].split("\\+")) {
            match.append(set.contains(flag) ? '+' : '-').append(flag);
        }
        return match.toString();
    }

    private void addresses(final String field, final String key, final boolean isIpv6) {
        if (fields.containsKey(field)) {
            final List<String> fitting =
                    List.of(fields.get(field).split(",")).stream()
                            .filter(address -> address.contains(":") == isIpv6)
                            .toList();
            many(fitting, address -> key + address);
        }
    }

    private void ports(final String field, final String key) {
        if (fields.containsKey(field)) {
            final List<String> masked = new ArrayList<>();
            for (final String range : fields.get(field).split(",")) {
                final String[] ends = range.split("-");
                masked.addAll(
                        masks(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])));
            }
            many(masked, port -> key + port);
        }
    }

    /** A range as values under masks. */
    private static List<String> masks(final int first, final int last) {
        final List<String> masks = new ArrayList<>();
        int from = first;
        while (from <= last) {
            int size = from == 0 ? 0x10000 : Integer.lowestOneBit(from);
            while (from + size - 1 > last) {
                size >>= 1;
            }
            masks.add("0x%x/0x%x".formatted(from, 0xffff & -size));
            from += size;
        }
        return masks;
    }

    /** All IPv4 addresses outside a prefix, as prefixes. */
    private static List<String> complement(final String prefix) {
        final String[] parts = prefix.split("/");
        final int length = parts.length == 1 ? 32 : Integer.parseInt(parts[1]);
        int address = 0;
        for (final String octet : parts[0].split("\\.")) {
            address = address << 8 | Integer.parseInt(octet);
        }
        final List<String> outside = new ArrayList<>();
        for (int bit = 0; bit < length; bit++) {
            final int flipped = (address ^ 1 << 31 - bit) & -1 << 31 - bit;
            outside.add(
                    "%d.%d.%d.%d/%d"
                            .formatted(
                                    flipped >>> 24,
                                    flipped >> 16 & 255,
                                    flipped >> 8 & 255,
                                    flipped & 255,
                                    bit + 1));
        }
        return outside;
    }

    private void one(final String field, final Function<String, String> translation) {
        if (fields.containsKey(field)) {
            many(List.of(fields.get(field)), translation);
        }
    }

    /** Each match so far, with each of the values. */
    private void many(final List<String> values, final Function<String, String> translation) {
        final List<String> product = new ArrayList<>();
        for (final String match : matches) {
            values.forEach(value -> product.add(match + "," + translation.apply(value)));
        }
        matches = product;
    }
}

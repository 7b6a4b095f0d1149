package io.vswitch.ctl.daemon;

import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.view.FlowInfo;
import io.vswitch.ctl.api.FlowFilter;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Tells which flows a filter means, and in what order they are shown; made on any thread, asked on
 * the workers'.
 */
final class FlowMatcher implements Predicate<FlowInfo> {
    private static final int ARP = -2;
    private static final int ANY = -1;
    private static final Map<String, Integer> PROTOCOLS =
            new TreeMap<>(
                    Map.of(
                            "arp", ARP,
                            "icmp", IpProtocol.ICMP,
                            "icmpv6", IpProtocol.ICMPV6,
                            "tcp", IpProtocol.TCP,
                            "udp", IpProtocol.UDP));
    private static final Map<String, Comparator<FlowInfo>> ORDERS =
            new TreeMap<>(
                    Map.of(
                            "age", Comparator.comparingLong(FlowInfo::ageMs).reversed(),
                            "bytes", Comparator.comparingLong(FlowInfo::bytes).reversed(),
                            "idle", Comparator.comparingLong(FlowInfo::idleMs).reversed(),
                            "packets", Comparator.comparingLong(FlowInfo::packets).reversed()));

    private final FlowFilter filter;
    private final int protocol;
    private final AddressRange source;
    private final AddressRange destination;
    private final String ruleEnd;

    /**
     * Checks the filter.
     *
     * @throws Refusal when a condition is none.
     */
    FlowMatcher(final FlowFilter filter) {
        this.filter = filter;
        this.protocol = filter.proto() == null ? ANY : protocol(filter.proto());
        this.source = AddressRange.parse("src-ip", filter.srcIp());
        this.destination = AddressRange.parse("dst-ip", filter.dstIp());
        this.ruleEnd = filter.rule() == null ? null : "/" + filter.rule();
        checkPort("src-port", filter.srcPort());
        checkPort("dst-port", filter.dstPort());
    }

    /** The order with this name, or null for null. */
    static Comparator<FlowInfo> order(final String name) {
        if (name != null && !ORDERS.containsKey(name)) {
            throw unknown("sort", name, ORDERS.keySet(), "");
        }
        return name == null ? null : ORDERS.get(name);
    }

    private static int protocol(final String name) {
        if (PROTOCOLS.containsKey(name)) {
            return PROTOCOLS.get(name);
        }
        if (name.matches("\\d{1,3}") && Integer.parseInt(name) <= 255) {
            return Integer.parseInt(name);
        }
        throw unknown("proto", name, PROTOCOLS.keySet(), ", 0 to 255");
    }

    private static Refusal unknown(
            final String what,
            final String name,
            final Iterable<String> allowed,
            final String more) {
        final List<String> names = new ArrayList<>();
        allowed.forEach(names::add);
        final String nearest = Names.nearest(name, names);
        return Refusal.usage(
                "%s '%s'; allowed are %s%s%s"
                        .formatted(
                                what,
                                name,
                                String.join(", ", names),
                                more,
                                nearest == null ? "" : "; did you mean '" + nearest + "'?"));
    }

    private static void checkPort(final String what, final Integer port) {
        if (port != null && (port < 0 || port > 65_535)) {
            throw Refusal.usage("%s %d; allowed are 0 to 65535".formatted(what, port));
        }
    }

    @Override
    public boolean test(final FlowInfo flow) {
        return (filter.port() == null || filter.port().equals(flow.ingress()))
                && (!Boolean.TRUE.equals(filter.dropped()) || flow.drop() != null)
                && headersMatch(flow.fields())
                && (ruleEnd == null
                        || flow.rules().stream().anyMatch(r -> ("/" + r).endsWith(ruleEnd)));
    }

    private boolean headersMatch(final HeaderFields fields) {
        return protocolMatches(fields)
                && portsMatch(fields)
                && (source == null || source.contains(fields, fields.sourceHigh, fields.sourceLow))
                && (destination == null
                        || destination.contains(
                                fields, fields.destinationHigh, fields.destinationLow));
    }

    private boolean protocolMatches(final HeaderFields fields) {
        return protocol == ANY
                || (protocol == ARP ? fields.isArp() : isIp(fields) && fields.protocol == protocol);
    }

    private boolean portsMatch(final HeaderFields fields) {
        if (filter.srcPort() == null && filter.dstPort() == null) {
            return true;
        }
        return isIp(fields)
                && (fields.protocol == IpProtocol.TCP || fields.protocol == IpProtocol.UDP)
                && (filter.srcPort() == null || filter.srcPort() == fields.sourcePort)
                && (filter.dstPort() == null || filter.dstPort() == fields.destinationPort);
    }

    private static boolean isIp(final HeaderFields fields) {
        return fields.isIpv4() || fields.isIpv6();
    }
}

package io.vswitch.core.guard;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.ArpHeader;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.policy.HeaderFields;
import org.agrona.DirectBuffer;

/**
 * Checks of parsed packets against a port's guards; stateless, runs on the worker that owns them.
 *
 * <p>What depends on the flow key alone is asked once per flow ({@link #header}), and costs nothing
 * on a flow hit. What ARP and neighbour discovery say in their bodies isn't in the key and is asked
 * per packet ({@link #packet}).
 */
public final class GuardCheck {
    /** Flags of the packets that {@link #packet} and {@link StormLimiter#check} may refuse. */
    public static final int KINDS =
            ParseFlag.GROUP_DESTINATION | ParseFlag.ARP | ParseFlag.UDP | ParseFlag.ICMP;

    private static final int DHCP_SERVER = 67;
    private static final int DHCPV6_SERVER = 547;

    private static final int LISTENER_REPORT = 131;
    private static final int LISTENER_DONE = 132;
    private static final int LISTENER_REPORT_V2 = 143;

    private GuardCheck() {}

    /** Why the packet's headers, as received, are refused, or null. */
    public static DropReason header(final PortGuards guards, final HeaderFields packet) {
        if (guards.isNone()) {
            return null;
        }
        if (guards.has(Guard.MAC) && !guards.isMac(packet.sourceMac)) {
            return DropReason.GUARD_MAC;
        }
        if (packet.isIpv4()) {
            return ipv4(guards, packet);
        }
        return packet.isIpv6() ? ipv6(guards, packet) : null;
    }

    private static DropReason ipv4(final PortGuards guards, final HeaderFields packet) {
        final boolean udp = packet.protocol == IpProtocol.UDP;
        if (guards.has(Guard.DHCP) && udp && packet.sourcePort == DHCP_SERVER) {
            return DropReason.GUARD_DHCP;
        }
        if (guards.has(Guard.IPV4)) {
            final int source = (int) packet.sourceLow;
            final boolean asksDhcp = source == 0 && udp && packet.destinationPort == DHCP_SERVER;
            return asksDhcp || guards.isIpv4(source) ? null : DropReason.GUARD_IPV4;
        }
        return null;
    }

    private static DropReason ipv6(final PortGuards guards, final HeaderFields packet) {
        final boolean udp = packet.protocol == IpProtocol.UDP;
        if (guards.has(Guard.DHCP) && udp && packet.sourcePort == DHCPV6_SERVER) {
            return DropReason.GUARD_DHCP;
        }
        final int type = packet.protocol == IpProtocol.ICMPV6 ? packet.destinationPort >> 8 : -1;
        if (guards.has(Guard.RA)
                && (type == NeighbourGuard.ROUTER_ADVERTISEMENT
                        || type == NeighbourGuard.REDIRECT)) {
            return DropReason.GUARD_RA;
        }
        if (guards.has(Guard.IPV6)) {
            final boolean unspecified = (packet.sourceHigh | packet.sourceLow) == 0;
            return unspecified && mayBeUnspecified(type)
                            || guards.isIpv6(packet.sourceHigh, packet.sourceLow)
                    ? null
                    : DropReason.GUARD_IPV6;
        }
        return null;
    }

    /**
     * Duplicate address detection (RFC 4862 section 5.4), router solicitations (RFC 4861 section
     * 4.1) and listener reports (RFC 3590) before there is an address.
     */
    private static boolean mayBeUnspecified(final int type) {
        return type == NeighbourGuard.NEIGHBOUR_SOLICITATION
                || type == NeighbourGuard.ROUTER_SOLICITATION
                || type == LISTENER_REPORT
                || type == LISTENER_DONE
                || type == LISTENER_REPORT_V2;
    }

    /** Why the body of the packet, if it is ARP or neighbour discovery, is refused, or null. */
    public static DropReason packet(
            final PortGuards guards, final PacketBatch batch, final int slot) {
        final int flags = batch.parseFlags(slot);
        if ((flags & ParseFlag.ARP) != 0) {
            return !guards.has(Guard.ARP) || arpAllowed(guards, batch, slot)
                    ? null
                    : DropReason.GUARD_ARP;
        }
        final int type = discoveryType(batch, slot);
        return type == 0
                        || !guards.has(Guard.ND)
                        || NeighbourGuard.allows(guards, batch, slot, type)
                ? null
                : DropReason.GUARD_ND;
    }

    /** The ICMPv6 type of neighbour discovery, or 0 when the packet isn't that. */
    static int discoveryType(final PacketBatch batch, final int slot) {
        final int both = ParseFlag.IPV6 | ParseFlag.ICMP;
        if ((batch.parseFlags(slot) & both) != both) {
            return 0;
        }
        final int type = FlowKey.destinationPort(batch.keys()[slot * FlowKey.WORDS + 3]) >> 8;
        return NeighbourGuard.isDiscovery(type) ? type : 0;
    }

    /** RFC 5227 probes have the sender address 0.0.0.0. */
    private static boolean arpAllowed(
            final PortGuards guards, final PacketBatch batch, final int slot) {
        final DirectBuffer b = batch.buffer();
        final int arp = batch.l3Offset(slot);
        final int sender = ArpHeader.senderIp(b, arp);
        final boolean probe =
                sender == 0 && ArpHeader.operation(b, arp) == ArpHeader.OPERATION_REQUEST;
        return guards.isMac(ArpHeader.senderMac(b, arp))
                && (probe || !guards.knowsAddresses() || guards.isIpv4(sender));
    }
}

package io.vswitch.core.flow;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.IcmpHeader;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.HeaderFields;

/**
 * The composed header change of all layers for one flow: immutable, made on the slow path, applied
 * by any worker to the packets of its batches. Applying allocates nothing and leaves a packet
 * either wholly changed or untouched.
 *
 * <p>It can change both MACs, push, pop or renumber VLAN tags, and change IP addresses, TCP and UDP
 * ports, the identifier of an ICMP echo, the DSCP and the TTL (hop limit), lower the maximum
 * segment size of a SYN, and change the packet that an ICMP error quotes. All checksums stay as
 * right or wrong as they were, partial ones included. What can't be done (ports of a later
 * fragment, addresses of ARP or under an IPsec AH, another protocol) makes every packet of the flow
 * {@link DropReason#REWRITE_IMPOSSIBLE}.
 */
public final class Transposition {
    private final HeaderFields before;
    private final HeaderFields after;
    private final LinkChange link;
    private final NetworkChange network;
    private final QuoteChange quote;
    private final boolean possible;

    private Transposition(
            final HeaderFields before,
            final HeaderFields after,
            final LinkChange link,
            final NetworkChange network,
            final QuoteChange quote,
            final boolean possible) {
        this.before = before;
        this.after = after;
        this.link = link;
        this.network = network;
        this.quote = quote;
        this.possible = possible;
    }

    /**
     * What leads from the packet as it came to the packet as the layers left it.
     *
     * @param before the fields loaded from the flow key.
     * @param after the same, rewritten.
     * @return null when nothing changes.
     */
    public static Transposition between(final HeaderFields before, final HeaderFields after) {
        final LinkChange link = LinkChange.between(before, after);
        final NetworkChange network = NetworkChange.between(before, after);
        final QuoteChange quote = QuoteChange.between(before, after);
        final boolean possible = isLinkPossible(before, after) && isNetworkPossible(before, after);
        return link == null && network == null && quote == null && possible
                ? null
                : new Transposition(
                        new HeaderFields().copyFrom(before),
                        new HeaderFields().copyFrom(after),
                        link,
                        network,
                        quote,
                        possible);
    }

    private static boolean isLinkPossible(final HeaderFields before, final HeaderFields after) {
        return before.etherType == after.etherType
                && !LinkChange.isVlanImpossible(after.outerVlan)
                && !LinkChange.isVlanImpossible(after.innerVlan);
    }

    private static boolean isNetworkPossible(final HeaderFields before, final HeaderFields after) {
        final boolean ip = before.isIpv4() || before.isIpv6();
        final boolean marked =
                after.dscp != before.dscp || after.ttlDecrement != before.ttlDecrement;
        final boolean addresses = NetworkChange.areAddressesChanged(before, after);
        return before.protocol == after.protocol
                && before.fragment == after.fragment
                && before.tcpFlags == after.tcpFlags
                && (!marked || ip && isMarkValid(before, after))
                && (!addresses || ip && areAddressesPossible(after))
                && (!NetworkChange.arePortsChanged(before, after)
                        || ip && arePortsPossible(before, after));
    }

    private static boolean isMarkValid(final HeaderFields before, final HeaderFields after) {
        return after.dscp >= -1
                && after.dscp <= 63
                && after.ttlDecrement >= before.ttlDecrement
                && after.ttlDecrement <= 255;
    }

    private static boolean areAddressesPossible(final HeaderFields after) {
        final boolean otherChecksum =
                after.protocol == IpProtocol.DCCP || after.protocol == IpProtocol.UDP_LITE;
        final boolean beyondIpv4 =
                (after.sourceHigh | after.destinationHigh) != 0
                        || (after.sourceLow | after.destinationLow) >>> 32 != 0;
        return !otherChecksum && (after.isIpv6() || !beyondIpv4);
    }

    private static boolean arePortsPossible(final HeaderFields before, final HeaderFields after) {
        if (before.fragment == FlowKey.FRAGMENT_LATER
                || ((after.sourcePort | after.destinationPort) & ~0xffff) != 0) {
            return false;
        }
        if (before.protocol == IpProtocol.TCP || before.protocol == IpProtocol.UDP) {
            return true;
        }
        return before.protocol == (before.isIpv6() ? IpProtocol.ICMPV6 : IpProtocol.ICMP)
                && before.destinationPort == after.destinationPort
                && IcmpHeader.isEcho(before.destinationPort >> 8, before.isIpv6());
    }

    /**
     * Changes one parsed packet of the flow: its bytes, its start and length when tags come or go,
     * its parse flags and offload request; its flow key stays that of the packet as it came.
     *
     * @return null; or {@link DropReason#TTL_EXCEEDED} or {@link DropReason#REWRITE_IMPOSSIBLE},
     *     the packet is untouched then.
     */
    public DropReason apply(final PacketBatch batch, final int slot) {
        if (!possible
                || link != null && !link.isApplicable(batch, slot)
                || network != null && !network.isApplicable(batch, slot)) {
            return DropReason.REWRITE_IMPOSSIBLE;
        }
        if (network != null) {
            if (network.isTtlExceeded(batch, slot)) {
                return DropReason.TTL_EXCEEDED;
            }
            network.apply(batch, slot);
        }
        if (quote != null) {
            quote.apply(batch, slot);
        }
        if (link != null) {
            link.apply(batch, slot);
        }
        return null;
    }

    /** False when {@link #apply} drops every packet. */
    public boolean isPossible() {
        return possible;
    }

    /**
     * For people: {@code dst-mac 02:00:00:00:00:01->02:00:00:00:00:02, dst-ip 10.0.0.1->10.0.0.9}.
     */
    @Override
    public String toString() {
        final String text = TranspositionText.of(before, after);
        return possible ? text : "impossible: " + text;
    }
}

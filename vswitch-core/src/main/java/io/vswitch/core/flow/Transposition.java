package io.vswitch.core.flow;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.IcmpHeader;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.HeaderFields;
import org.agrona.UnsafeApi;

/**
 * The composed header change of all layers for one flow: made on the slow path, applied to the
 * packets of batches by the worker that owns it. Applying allocates nothing and leaves a packet
 * either wholly changed or untouched.
 *
 * <p>It can change both MACs, push, pop or renumber VLAN tags, and change IP addresses, TCP and UDP
 * ports, the identifier of an ICMP echo, the DSCP and the TTL (hop limit), lower the maximum
 * segment size of a SYN, and change the packet that an ICMP error quotes. All checksums stay as
 * right or wrong as they were, partial ones included. What can't be done (ports of a later
 * fragment, addresses of ARP or under an IPsec AH, another protocol) makes every packet of the flow
 * {@link DropReason#REWRITE_IMPOSSIBLE}.
 *
 * <pre>
 *   record of a change:
 *    0  flags: possible, what changes, tags before and after, TTL, DSCP (4)    4  ports (4)
 *    8  destination MAC (48) | outer VLAN (16)    16  source MAC (48) | inner VLAN (16)
 *   24  IPv4 source address (4)                   28  IPv4 destination address (4)
 *   annex of one that changes IPv6 addresses or lowers the segment size:
 *    0  source address (16)    16  destination address (16)    32  segment limit (4)
 * </pre>
 */
public final class Transposition {
    /** Bytes of a record. */
    public static final int RECORD_BYTES = 32;

    /** Bytes of the annex that some records have. */
    public static final int ANNEX_BYTES = 64;

    private static final int POSSIBLE = 1;
    private static final int LINK = 1 << 1;
    private static final int NETWORK = 1 << 2;
    private static final int ANNEX = 1 << 13;

    private final LinkChange link = new LinkChange();
    private final NetworkChange network = new NetworkChange();
    private QuoteChange quote;
    private HeaderFields before;
    private HeaderFields after;
    private boolean changesLink;
    private boolean changesNetwork;
    private boolean possible;

    /** Changes nothing, until it takes a change by {@link #set} or {@link #load}. */
    public Transposition() {}

    /**
     * What leads from the packet as it came to the packet as the layers left it.
     *
     * @param before the fields loaded from the flow key.
     * @param after the same, rewritten.
     * @return null when nothing changes.
     */
    public static Transposition between(final HeaderFields before, final HeaderFields after) {
        final Transposition change = new Transposition();
        if (!change.set(before, after)) {
            return null;
        }
        change.before = new HeaderFields().copyFrom(before);
        change.after = new HeaderFields().copyFrom(after);
        return change;
    }

    /**
     * Takes the change from {@code from} to {@code to}; allocates nothing, but for an ICMP error.
     *
     * @return false when nothing changes.
     */
    public boolean set(final HeaderFields from, final HeaderFields to) {
        changesLink = link.set(from, to);
        changesNetwork = network.set(from, to);
        quote = QuoteChange.between(from, to);
        possible = isLinkPossible(from, to) && isNetworkPossible(from, to);
        return changesLink || changesNetwork || quote != null || !possible;
    }

    /** True when a record of the change has an annex. */
    public boolean hasAnnex() {
        return network.isLong();
    }

    /**
     * Writes the change to a record of {@link #RECORD_BYTES}, without what an ICMP error quotes.
     *
     * @param record address of it.
     * @param annex address of {@link #ANNEX_BYTES} more; unused unless {@link #hasAnnex()}.
     */
    public void store(final long record, final long annex) {
        final int flags =
                (possible ? POSSIBLE : 0)
                        | (changesLink ? LINK : 0)
                        | (changesNetwork ? NETWORK : 0)
                        | (network.isLong() ? ANNEX : 0);
        UnsafeApi.putInt(record, flags | link.store(record) | network.store(record));
        if (network.isLong()) {
            network.storeLong(annex);
        }
    }

    /** Reads a record, and its annex if it has one. */
    public void load(final long record, final long annex) {
        final int flags = UnsafeApi.getInt(record);
        possible = (flags & POSSIBLE) != 0;
        changesLink = (flags & LINK) != 0;
        changesNetwork = (flags & NETWORK) != 0;
        quote = null;
        link.load(record, flags);
        network.load(record, flags);
        if ((flags & ANNEX) != 0) {
            network.loadLong(annex);
        }
    }

    /**
     * The text of {@link #toString} for a change that was loaded.
     *
     * @param from a packet of the flow as it came.
     */
    public String text(final HeaderFields from) {
        final HeaderFields to = new HeaderFields().copyFrom(from);
        if (changesLink) {
            link.restore(to);
        }
        if (changesNetwork) {
            network.restore(to);
        }
        return text(from, to);
    }

    private String text(final HeaderFields from, final HeaderFields to) {
        final String text = TranspositionText.of(from, to);
        return possible ? text : "impossible: " + text;
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
                || changesLink && !link.isApplicable(batch, slot)
                || changesNetwork && !network.isApplicable(batch, slot)) {
            return DropReason.REWRITE_IMPOSSIBLE;
        }
        if (changesNetwork) {
            if (network.isTtlExceeded(batch, slot)) {
                return DropReason.TTL_EXCEEDED;
            }
            network.apply(batch, slot);
        }
        if (quote != null) {
            quote.apply(batch, slot);
        }
        if (changesLink) {
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
        return before == null ? "change of fields unknown" : text(before, after);
    }
}

package io.vswitch.core.policy;

import io.vswitch.core.packet.FlowKey;

/**
 * The header fields of one packet as values that rules read and rewrite; one instance per
 * evaluating thread, reused.
 *
 * <p>Rules see the packet as the layers before them left it. {@link #TTL_DECREMENT} and the VLAN
 * fields apart, a field is rewritten by assigning it. The names and units are those of {@link
 * FlowKey}: MACs in the low 48 bits, addresses of IPv4 (and ARP) in the low 32 bits of the {@code
 * Low} word with {@code High} 0.
 */
public final class HeaderFields {
    public long destinationMac;
    public long sourceMac;
    public int etherType;

    /** 0, or {@link FlowKey#VLAN_PRESENT} | VID of the outer tag. */
    public int outerVlan;

    /** 0, or {@link FlowKey#VLAN_PRESENT} | VID of the inner tag. */
    public int innerVlan;

    public int ingressPort;

    /** Tunnel endpoint that the packet came from, 0 for none. */
    public int ingressRemote;

    /** What rules noted about the packet: four values of 16 bits, 0 at first. */
    public long metadata;

    public int protocol;
    public int tcpFlags;
    public int fragment;

    /** Transport port; for ICMP the echo identifier. */
    public int sourcePort;

    /** Transport port; for ICMP {@code type << 8 | code}. */
    public int destinationPort;

    public long sourceHigh;
    public long sourceLow;
    public long destinationHigh;
    public long destinationLow;

    /**
     * What an ICMP error quotes, where its connection is looked for: addresses, protocol and ports
     * only; else null.
     */
    public HeaderFields quoted;

    private HeaderFields quoteStorage;

    /** DSCP to set (0 to 63), or -1 to keep the packet's; never read by rules. */
    public int dscp = -1;

    /** Hops taken off the TTL or hop limit by the rules that matched; never read by rules. */
    public int ttlDecrement;

    /** Most that the maximum segment size of a SYN may say, bytes; 0: whatever it says. */
    public int segmentLimit;

    /** Loads the fields from a flow key whose word 2 carries the TCP flags. */
    public HeaderFields load(final long[] key, final int at) {
        destinationMac = FlowKey.destinationMac(key[at]);
        etherType = FlowKey.etherType(key[at]);
        sourceMac = FlowKey.sourceMac(key[at + 1]);
        outerVlan = FlowKey.outerVlan(key[at + 1]);
        final long word2 = key[at + 2];
        ingressPort = FlowKey.ingressPort(word2);
        innerVlan = FlowKey.innerVlan(word2);
        protocol = FlowKey.protocol(word2);
        tcpFlags = FlowKey.tcpFlags(word2);
        fragment = FlowKey.fragment(word2);
        sourcePort = FlowKey.sourcePort(key[at + 3]);
        destinationPort = FlowKey.destinationPort(key[at + 3]);
        ingressRemote = FlowKey.remote(key[at + 3]);
        metadata = 0;
        loadAddresses(key, at + 4);
        dscp = -1;
        ttlDecrement = 0;
        segmentLimit = 0;
        quoted = null;
        return this;
    }

    private void loadAddresses(final long[] key, final int at) {
        if (isIpv6()) {
            sourceHigh = key[at];
            sourceLow = key[at + 1];
            destinationHigh = key[at + 2];
            destinationLow = key[at + 3];
        } else {
            sourceHigh = 0;
            sourceLow = key[at] >>> 32;
            destinationHigh = 0;
            destinationLow = key[at] & 0xffff_ffffL;
        }
    }

    /** Takes over all fields of another instance. */
    public HeaderFields copyFrom(final HeaderFields other) {
        destinationMac = other.destinationMac;
        sourceMac = other.sourceMac;
        etherType = other.etherType;
        outerVlan = other.outerVlan;
        innerVlan = other.innerVlan;
        ingressPort = other.ingressPort;
        ingressRemote = other.ingressRemote;
        metadata = other.metadata;
        protocol = other.protocol;
        tcpFlags = other.tcpFlags;
        fragment = other.fragment;
        sourcePort = other.sourcePort;
        destinationPort = other.destinationPort;
        sourceHigh = other.sourceHigh;
        sourceLow = other.sourceLow;
        destinationHigh = other.destinationHigh;
        destinationLow = other.destinationLow;
        dscp = other.dscp;
        ttlDecrement = other.ttlDecrement;
        segmentLimit = other.segmentLimit;
        quoted = null;
        if (other.quoted != null) {
            quote().copyFrom(other.quoted);
        }
        return this;
    }

    /** Fields of a quoted packet from now on, to be filled. */
    public HeaderFields quote() {
        if (quoteStorage == null) {
            quoteStorage = new HeaderFields();
        }
        quoted = quoteStorage;
        quoted.etherType = etherType;
        quoted.outerVlan = outerVlan;
        quoted.innerVlan = innerVlan;
        return quoted;
    }

    public boolean isIpv4() {
        return etherType == 0x0800;
    }

    public boolean isIpv6() {
        return etherType == 0x86dd;
    }

    public boolean isArp() {
        return etherType == 0x0806;
    }
}

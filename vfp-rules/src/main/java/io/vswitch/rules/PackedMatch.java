package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;

/**
 * Conditions as values under masks over the words of {@link CompiledRule}, and port sets; immutable
 * once made.
 */
final class PackedMatch {
    private static final int PORT_MASK = 0xffff;
    private static final long FLAGS_MASK = 0xffL << CompiledRule.FLAGS_SHIFT;
    private static final int ARP_REQUEST = 1;
    private static final int MAX_VARIANTS = 16;

    long value0;
    long mask0;
    long value1;
    long mask1;
    long value2;
    long mask2;
    long sourceHigh;
    long sourceHighMask;
    long sourceLow;
    long sourceLowMask;
    long destinationHigh;
    long destinationHighMask;
    long destinationLow;
    long destinationLowMask;
    long metadata;
    long metadataMask;

    /** Ports beyond a single one, which stands in word 2; else null. */
    PortSet sourcePorts;

    PortSet destinationPorts;

    /** Addresses beyond a single prefix, which stands in the words; else null. */
    AddressMatch sources;

    AddressMatch destinations;

    /** Protocols beyond a single one as {@link ProtoMatch#bits}, else null. */
    long[] protocols;

    private PackedMatch() {}

    /**
     * @param tags what the tags of the conditions stand for.
     */
    static PackedMatch of(final Conditions conditions, final TagSet tags) {
        final PackedMatch match = new PackedMatch();
        match.link(conditions);
        match.network(conditions);
        match.transport(conditions);
        match.sources = match.addresses(conditions.srcIp(), tags);
        match.destinations = match.addresses(conditions.dstIp(), tags);
        if (conditions.arpTarget() != null) {
            match.arpTarget(conditions.arpTarget(), tags);
        }
        if (conditions.meta() != null) {
            match.metadata = conditions.meta().value();
            match.metadataMask = conditions.meta().mask();
        }
        return match;
    }

    private void link(final Conditions conditions) {
        if (conditions.dstMac() != null) {
            value0 |= conditions.dstMac().address().value() << 16;
            mask0 |= conditions.dstMac().mask().value() << 16;
        }
        if (conditions.srcMac() != null) {
            value1 |= conditions.srcMac().address().value() << 16;
            mask1 |= conditions.srcMac().mask().value() << 16;
        }
        if (conditions.vlan() != null) {
            value1 |= conditions.vlan().value();
            mask1 |= conditions.vlan().mask();
        }
        if (conditions.etherType() != null) {
            etherType(conditions.etherType());
        }
    }

    private void etherType(final EtherType type) {
        value0 |= type.value();
        mask0 |= 0xffff;
    }

    private void family(final boolean isIpv6) {
        etherType(isIpv6 ? EtherType.IPV6 : EtherType.IPV4);
    }

    private void network(final Conditions conditions) {
        final IpPrefix source = single(conditions.srcIp());
        if (source != null) {
            family(source.address().isIpv6());
            sourceHigh = source.address().high();
            sourceHighMask = source.highMask();
            sourceLow = source.address().low();
            sourceLowMask = source.lowMask();
        }
        final IpPrefix destination = single(conditions.dstIp());
        if (destination != null) {
            family(destination.address().isIpv6());
            destinationHigh = destination.address().high();
            destinationHighMask = destination.highMask();
            destinationLow = destination.address().low();
            destinationLowMask = destination.lowMask();
        }
    }

    /** Requests alone; the target stands where the destination of IP does. */
    private void arpTarget(final IpMatch target, final TagSet tags) {
        etherType(EtherType.ARP);
        word2(
                (long) ARP_REQUEST << CompiledRule.PROTOCOL_SHIFT,
                0xffL << CompiledRule.PROTOCOL_SHIFT);
        final IpPrefix only = target.single();
        if (only == null) {
            destinations = new AddressMatch(target, tags);
        } else {
            destinationLow = only.address().low();
            destinationLowMask = only.lowMask();
        }
    }

    private static IpPrefix single(final IpMatch match) {
        return match == null ? null : match.single();
    }

    private AddressMatch addresses(final IpMatch match, final TagSet tags) {
        if (match == null || match.single() != null) {
            return null;
        }
        word2(CompiledRule.IS_IP, CompiledRule.IS_IP);
        if (match.family() != null) {
            family(match.family().equals("IPv6"));
        }
        return new AddressMatch(match, tags);
    }

    /** No tag that it looks at was replaced since. */
    boolean isCurrent(final TagSet tags) {
        return (sources == null || sources.isCurrent(tags))
                && (destinations == null || destinations.isCurrent(tags));
    }

    private boolean matchesSets(final HeaderFields fields) {
        final boolean isIpv6 = fields.isIpv6();
        if (protocols != null && !hasProtocol(isIpv6, fields.protocol)) {
            return false;
        }
        return (sources == null || sources.matches(isIpv6, fields.sourceHigh, fields.sourceLow))
                && (destinations == null
                        || destinations.matches(
                                isIpv6, fields.destinationHigh, fields.destinationLow));
    }

    private boolean hasProtocol(final boolean isIpv6, final int protocol) {
        final long word = protocols[(isIpv6 ? 4 : 0) + (protocol >> 6 & 3)];
        return (word >>> protocol & 1) != 0;
    }

    private void transport(final Conditions conditions) {
        if (conditions.proto() == null) {
            return;
        }
        word2(CompiledRule.IS_IP, CompiledRule.IS_IP);
        protocol(conditions.proto());
        if (conditions.icmpType() != null) {
            word2((long) conditions.icmpType() << 8, 0xff00 | CompiledRule.LATER_FRAGMENT);
        }
        if (conditions.icmpCode() != null) {
            word2(conditions.icmpCode(), 0xff | CompiledRule.LATER_FRAGMENT);
        }
        if (conditions.tcpFlags() != null) {
            word2(
                    (long) conditions.tcpFlags().value() << CompiledRule.FLAGS_SHIFT,
                    (long) conditions.tcpFlags().mask() << CompiledRule.FLAGS_SHIFT
                            | CompiledRule.LATER_FRAGMENT);
        }
        sourcePorts = ports(conditions.srcPort(), CompiledRule.SOURCE_PORT_SHIFT);
        destinationPorts = ports(conditions.dstPort(), 0);
    }

    private void protocol(final ProtoMatch match) {
        final IpProtocol only = match.single();
        if (only == null) {
            protocols = match.bits();
            return;
        }
        word2(
                (long) only.number() << CompiledRule.PROTOCOL_SHIFT,
                0xffL << CompiledRule.PROTOCOL_SHIFT);
        if (only.isIcmp()) {
            family(only.equals(IpProtocol.ICMPV6));
        }
    }

    private void word2(final long value, final long mask) {
        value2 |= value;
        mask2 |= mask;
    }

    private PortSet ports(final PortSet ports, final int shift) {
        if (ports == null) {
            return null;
        }
        word2(0, CompiledRule.LATER_FRAGMENT);
        if (ports.size() == 1) {
            word2((long) ports.first(0) << shift, (long) PORT_MASK << shift);
            return null;
        }
        return ports;
    }

    /**
     * Whether a packet, given as its first three words and its fields, meets all conditions;
     * allocates nothing.
     */
    boolean matches(
            final long word0, final long word1, final long word2, final HeaderFields fields) {
        return ((word0 ^ value0) & mask0) == 0
                && ((word1 ^ value1) & mask1) == 0
                && ((word2 ^ value2) & mask2) == 0
                && ((fields.sourceHigh ^ sourceHigh) & sourceHighMask) == 0
                && ((fields.sourceLow ^ sourceLow) & sourceLowMask) == 0
                && ((fields.destinationHigh ^ destinationHigh) & destinationHighMask) == 0
                && ((fields.destinationLow ^ destinationLow) & destinationLowMask) == 0
                && ((fields.metadata ^ metadata) & metadataMask) == 0
                && (sourcePorts == null || sourcePorts.contains(fields.sourcePort))
                && (destinationPorts == null || destinationPorts.contains(fields.destinationPort))
                && matchesSets(fields);
    }

    boolean looksAtFlags() {
        return (mask2 & FLAGS_MASK) != 0;
    }

    /**
     * The bits a tuple for this rule hashes: all but TCP flags and the ports of more than a few.
     */
    TupleMask tupleMask() {
        long word2 = mask2 & ~FLAGS_MASK;
        if (variants() > 1) {
            word2 |= sourcePorts != null ? (long) PORT_MASK << CompiledRule.SOURCE_PORT_SHIFT : 0;
            word2 |= destinationPorts != null ? PORT_MASK : 0;
        }
        return new TupleMask(
                mask0,
                mask1,
                word2,
                sourceHighMask,
                sourceLowMask,
                destinationHighMask,
                destinationLowMask,
                metadataMask);
    }

    /** Places in a hash table: one per combination of ports, if those are few, else one. */
    int variants() {
        final int count = size(sourcePorts) * size(destinationPorts);
        return count <= MAX_VARIANTS ? count : 1;
    }

    private static int size(final PortSet ports) {
        return ports == null ? 1 : Math.min(ports.size(), MAX_VARIANTS + 1);
    }

    /** Word 2 of a variant. */
    long variant(final int index) {
        if (variants() == 1) {
            return value2;
        }
        final int sources = size(sourcePorts);
        final long source = sourcePorts == null ? 0 : sourcePorts.port(index % sources);
        final long destination =
                destinationPorts == null ? 0 : destinationPorts.port(index / sources);
        return value2 | source << CompiledRule.SOURCE_PORT_SHIFT | destination;
    }
}

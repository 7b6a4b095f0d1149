package io.vswitch.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The protocols a condition asks for: any of a list, or none of it; immutable. A packet that isn't
 * IP meets neither.
 *
 * @param negated none of them.
 * @param protocols sorted by number, each once.
 */
public record ProtoMatch(boolean negated, List<IpProtocol> protocols) {
    static final String ALLOWED =
            "names as tcp, udp, icmp, icmpv6, or 0 to 255, or a comma list of them, 'not' before"
                    + " it";

    public ProtoMatch {
        protocols = List.copyOf(new TreeSet<>(protocols));
        if (protocols.isEmpty()) {
            throw new ValueException("no protocol; allowed: " + ALLOWED);
        }
    }

    /** One protocol. */
    public static ProtoMatch of(final IpProtocol protocol) {
        return new ProtoMatch(false, List.of(protocol));
    }

    static ProtoMatch parse(final boolean negated, final String text) {
        final List<IpProtocol> protocols = new ArrayList<>();
        for (final String item : text.split(",", -1)) {
            protocols.add(IpProtocol.parse(item));
        }
        return new ProtoMatch(negated, protocols);
    }

    /** The protocol that this match amounts to, or null when it is a list or negated. */
    IpProtocol single() {
        return !negated && protocols.size() == 1 ? protocols.get(0) : null;
    }

    /** The parser reads the ports of whatever matches. */
    boolean hasPorts() {
        return !negated && protocols.stream().allMatch(IpProtocol::hasPorts);
    }

    /**
     * One bit per protocol that matches: 256 for IPv4, then 256 for IPv6. ICMP is in no IPv6 packet
     * and ICMPv6 in no IPv4 packet.
     */
    long[] bits() {
        final long[] bits = new long[8];
        for (final IpProtocol protocol : protocols) {
            final int word = protocol.number() >> 6;
            final long bit = 1L << (protocol.number() & 63);
            bits[word] |= protocol.equals(IpProtocol.ICMPV6) ? 0 : bit;
            bits[4 + word] |= protocol.equals(IpProtocol.ICMP) ? 0 : bit;
        }
        for (int i = 0; negated && i < bits.length; i++) {
            bits[i] = ~bits[i];
        }
        return bits;
    }

    @Override
    public String toString() {
        return protocols.stream()
                .map(IpProtocol::toString)
                .collect(Collectors.joining(",", negated ? "not " : "", ""));
    }
}

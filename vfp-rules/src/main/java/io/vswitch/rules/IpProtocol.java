package io.vswitch.rules;

import java.util.Map;
import java.util.TreeMap;

/**
 * Protocol of an IPv4 packet, or of the last header of an IPv6 packet; immutable. Source: IANA
 * protocol numbers.
 *
 * @param number 0 to 255.
 */
public record IpProtocol(int number) implements Comparable<IpProtocol> {
    static final IpProtocol ICMP = new IpProtocol(1);
    static final IpProtocol TCP = new IpProtocol(6);
    static final IpProtocol UDP = new IpProtocol(17);
    static final IpProtocol ICMPV6 = new IpProtocol(58);

    private static final Map<String, IpProtocol> BY_NAME =
            new TreeMap<>(
                    Map.of(
                            "icmp", ICMP,
                            "igmp", new IpProtocol(2),
                            "tcp", TCP,
                            "udp", UDP,
                            "gre", new IpProtocol(47),
                            "esp", new IpProtocol(50),
                            "ah", new IpProtocol(51),
                            "icmpv6", ICMPV6,
                            "ospf", new IpProtocol(89),
                            "sctp", new IpProtocol(132)));

    public IpProtocol {
        if (number < 0 || number > 255) {
            throw new IllegalArgumentException("proto " + number + "; allowed: 0 to 255");
        }
    }

    static IpProtocol parse(final String text) {
        final IpProtocol named = BY_NAME.get(text);
        if (named != null) {
            return named;
        }
        final int number = Numbers.decimal(text, 255);
        if (number < 0) {
            throw new ValueException(
                    "allowed: " + String.join(", ", BY_NAME.keySet()) + ", 0 to 255");
        }
        return new IpProtocol(number);
    }

    /** The parser reads its ports: SCTP's it doesn't, so no rule may ask for them. */
    boolean hasPorts() {
        return equals(TCP) || equals(UDP);
    }

    boolean isIcmp() {
        return equals(ICMP) || equals(ICMPV6);
    }

    @Override
    public int compareTo(final IpProtocol other) {
        return Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        for (final Map.Entry<String, IpProtocol> entry : BY_NAME.entrySet()) {
            if (entry.getValue().equals(this)) {
                return entry.getKey();
            }
        }
        return Integer.toString(number);
    }
}

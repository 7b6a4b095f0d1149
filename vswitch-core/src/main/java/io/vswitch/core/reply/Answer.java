package io.vswitch.core.reply;

/**
 * What a rule answers in the place of a packet's receiver; immutable.
 *
 * @param mac that ARP and neighbour discovery are told, in the low 48 bits; 0 for an echo.
 */
public record Answer(Kind kind, long mac) {
    private static final long GROUP_BIT = 1L << 40;

    /** Which question it is. */
    public enum Kind {
        /** Who has an IPv4 address: ARP request, RFC 826. */
        ARP,
        /** Who has an IPv6 address: neighbour solicitation, RFC 4861. */
        ND,
        /** ICMP or ICMPv6 echo request. */
        ECHO
    }

    public Answer {
        final boolean host = mac != 0 && (mac & GROUP_BIT) == 0 && mac >>> 48 == 0;
        if (kind == Kind.ECHO ? mac != 0 : !host) {
            throw new IllegalArgumentException("allowed is the MAC of a single host");
        }
    }
}

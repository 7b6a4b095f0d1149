package io.vswitch.rules;

/**
 * EtherType after VLAN tags; immutable.
 *
 * @param value 0 to 0xffff; below 0x600 it is the length of an 802.3 frame.
 */
public record EtherType(int value) {
    static final EtherType IPV4 = new EtherType(0x0800);
    static final EtherType IPV6 = new EtherType(0x86dd);
    static final EtherType ARP = new EtherType(0x0806);

    public EtherType {
        if (value < 0 || value > 0xffff) {
            throw new IllegalArgumentException("ethertype " + value + "; allowed: 0 to 65535");
        }
    }

    static EtherType parse(final String text) {
        switch (text) {
            case "ipv4":
                return IPV4;
            case "ipv6":
                return IPV6;
            case "arp":
                return ARP;
            default:
                return parseNumber(text);
        }
    }

    private static EtherType parseNumber(final String text) {
        final int number =
                text.startsWith("0x")
                        ? Numbers.hexadecimal(text.substring(2), 4)
                        : Numbers.decimal(text, 0xffff);
        if (number < 0) {
            throw new ValueException("allowed: ipv4, ipv6, arp, 0x0000 to 0xffff, 0 to 65535");
        }
        return new EtherType(number);
    }

    boolean isIp() {
        return equals(IPV4) || equals(IPV6);
    }

    @Override
    public String toString() {
        return equals(IPV4)
                ? "ipv4"
                : equals(IPV6) ? "ipv6" : equals(ARP) ? "arp" : String.format("0x%04x", value);
    }
}

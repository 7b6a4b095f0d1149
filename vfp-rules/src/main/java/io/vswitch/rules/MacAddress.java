package io.vswitch.rules;

/**
 * A MAC address; immutable.
 *
 * @param value the address in the low 48 bits.
 */
public record MacAddress(long value) {
    /** All 48 bits. */
    static final long ALL = 0xffff_ffff_ffffL;

    private static final String ALLOWED =
            "not a MAC; allowed: six pairs of hexadecimal digits, as in 02:00:00:00:00:01";

    public MacAddress {
        if ((value & ~ALL) != 0) {
            throw new IllegalArgumentException(
                    "MAC of more than 48 bits: " + Long.toHexString(value));
        }
    }

    static MacAddress parse(final String text) {
        if (text.length() != 17) {
            throw new ValueException(ALLOWED);
        }
        long value = 0;
        for (int i = 0; i < 17; i += 3) {
            final int octet = Numbers.hexadecimal(text.substring(i, i + 2), 2);
            if (octet < 0 || i > 0 && text.charAt(i - 1) != ':') {
                throw new ValueException(ALLOWED);
            }
            value = value << 8 | octet;
        }
        return new MacAddress(value);
    }

    boolean isGroup() {
        return (value >>> 40 & 1) != 0;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            final int octet = (int) (value >>> shift) & 0xff;
            text.append(Character.forDigit(octet >> 4, 16))
                    .append(Character.forDigit(octet & 15, 16));
            text.append(shift > 0 ? ":" : "");
        }
        return text.toString();
    }
}

package io.vswitch.ctl.state;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address from its text, never from a name service; immutable.
 *
 * @param address 4 or 16 bytes.
 */
public record Ip(InetAddress address) {
    private static final Pattern V4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /**
     * Parses an address.
     *
     * @param what whose address, for the message.
     */
    public static Ip parse(final String what, final String text) {
        if (V4.matcher(text).matches() || V6.matcher(text).matches()) {
            try {
                return new Ip(InetAddress.getByName(text));
            } catch (UnknownHostException e) {
                // Falls through: a literal with a number out of range.
            }
        }
        throw Refusal.usage("%s '%s': not an IPv4 or IPv6 address".formatted(what, text));
    }

    /** The address of these 4 or 16 bytes. */
    public static Ip of(final byte[] bytes) {
        return of(new BigInteger(1, bytes), bytes.length);
    }

    public byte[] bytes() {
        return address.getAddress();
    }

    public boolean isV4() {
        return bytes().length == 4;
    }

    /** Length of the address, bits. */
    public int bits() {
        return bytes().length * 8;
    }

    /** The address with the bits after {@code length} cleared. */
    Ip masked(final int length) {
        final BigInteger mask =
                BigInteger.ONE
                        .shiftLeft(bits())
                        .subtract(BigInteger.ONE)
                        .shiftRight(bits() - length)
                        .shiftLeft(bits() - length);
        return of(new BigInteger(1, bytes()).and(mask), bytes().length);
    }

    private static Ip of(final BigInteger value, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[length - 1 - i] = value.shiftRight(8 * i).byteValue();
        }
        try {
            return new Ip(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public String toString() {
        return isV4() ? address.getHostAddress() : compressed();
    }

    /**
     * Canonical IPv6 text (RFC 5952): the longest run of zero groups, the first of equals, as "::".
     */
    private String compressed() {
        final byte[] b = bytes();
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int n = 0;
            while (i + n < 8 && b[2 * (i + n)] == 0 && b[2 * (i + n) + 1] == 0) {
                n++;
            }
            if (n > bestLength) {
                bestStart = i;
                bestLength = n;
            }
        }
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
                continue;
            }
            if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString((b[2 * i] & 0xff) << 8 | b[2 * i + 1] & 0xff));
        }
        return text.toString();
    }
}

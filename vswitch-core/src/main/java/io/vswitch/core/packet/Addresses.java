package io.vswitch.core.packet;

/**
 * Text forms of MAC, IPv4 and IPv6 addresses, parsed strictly and printed in the one canonical
 * form; stateless, any thread, not for the packet path. Parse errors are {@link
 * IllegalArgumentException}s with one line that names the value and what is allowed.
 */
public final class Addresses {
    private static final int MAC_GROUPS = 6;
    private static final int IPV6_GROUPS = 8;

    private Addresses() {}

    /** {@code 02:00:00:00:00:0a}: six lower-case hexadecimal bytes. */
    public static String mac(final long mac) {
        final StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(Character.forDigit((int) (mac >>> shift + 4) & 0xf, 16));
            text.append(Character.forDigit((int) (mac >>> shift) & 0xf, 16));
            text.append(shift == 0 ? "" : ":");
        }
        return text.toString();
    }

    /** Parses six bytes of two hexadecimal digits with colons between them. */
    public static long parseMac(final String text) {
        final String[] groups = text.split(":", -1);
        long mac = 0;
        for (final String group : groups) {
            final int value = group.length() == 2 ? number(group, 16) : -1;
            if (value < 0 || groups.length != MAC_GROUPS) {
                throw new IllegalArgumentException(
                        "bad MAC address \""
                                + text
                                + "\"; allowed: six hexadecimal bytes, for instance"
                                + " 02:00:00:00:00:0a");
            }
            mac = mac << 8 | value;
        }
        return mac;
    }

    /** {@code 10.0.0.1}. */
    public static String ipv4(final int address) {
        return (address >>> 24)
                + "."
                + (address >>> 16 & 0xff)
                + "."
                + (address >>> 8 & 0xff)
                + "."
                + (address & 0xff);
    }

    /** Parses four decimal numbers, 0 to 255 without leading zeros, with dots between them. */
    public static int parseIpv4(final String text) {
        final long address = ipv4OrNegative(text);
        if (address < 0) {
            throw new IllegalArgumentException(
                    "bad IPv4 address \""
                            + text
                            + "\"; allowed: four numbers from 0 to 255, for instance 10.0.0.1");
        }
        return (int) address;
    }

    private static long ipv4OrNegative(final String text) {
        final String[] groups = text.split("\\.", -1);
        long address = 0;
        for (final String group : groups) {
            final boolean canonical =
                    group.length() <= 3 && (group.length() == 1 || !group.startsWith("0"));
            final int value = canonical ? number(group, 10) : -1;
            if (value < 0 || value > 255 || groups.length != 4) {
                return -1;
            }
            address = address << 8 | value;
        }
        return address;
    }

    /** The number, or -1 when a character is no digit or there is none. */
    private static int number(final String digits, final int radix) {
        int value = digits.isEmpty() ? -1 : 0;
        for (int i = 0; i < digits.length() && value >= 0; i++) {
            final char c = digits.charAt(i);
            final int digit = c < 128 ? Character.digit(c, radix) : -1;
            value = digit < 0 ? -1 : value * radix + digit;
        }
        return value;
    }

    /**
     * Canonical text of RFC 5952: lower case, no leading zeros, {@code ::} for the longest run of
     * two or more zero groups (the first of equals), IPv4-mapped addresses with a dotted tail.
     */
    public static String ipv6(final long high, final long low) {
        if (high == 0 && low >>> 32 == 0xffff) {
            return "::ffff:" + ipv4((int) low);
        }
        final int run = longestZeroRun(high, low);
        final int from = run >>> 8;
        final int to = from + (run & 0xff);
        final StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < IPV6_GROUPS; i++) {
            if (i >= from && i < to) {
                text.append(i == from ? "::" : "");
            } else {
                text.append(i == 0 || i == to ? "" : ":")
                        .append(Integer.toHexString(group(high, low, i)));
            }
        }
        return text.toString();
    }

    private static int group(final long high, final long low, final int index) {
        return (int) ((index < 4 ? high : low) >>> 48 - (index & 3) * 16) & 0xffff;
    }

    /**
     * First group << 8 | groups of the run that {@code ::} stands for; beyond the end when there is
     * none.
     */
    private static int longestZeroRun(final long high, final long low) {
        int best = IPV6_GROUPS << 8;
        int length = 0;
        for (int i = 0; i < IPV6_GROUPS; i++) {
            length = group(high, low, i) == 0 ? length + 1 : 0;
            if (length > 1 && length > (best & 0xff)) {
                best = i - length + 1 << 8 | length;
            }
        }
        return best;
    }

    /**
     * Parses the forms of RFC 4291 section 2.2: groups of 1 to 4 hexadecimal digits, one {@code
     * ::}, perhaps a dotted tail; no zone.
     *
     * @return high and low 64 bits.
     */
    public static long[] parseIpv6(final String text) {
        final long[] address = ipv6OrNull(text);
        if (address == null) {
            throw new IllegalArgumentException(
                    "bad IPv6 address \""
                            + text
                            + "\"; allowed: RFC 4291 text without zone, for instance fd00::1");
        }
        return address;
    }

    private static long[] ipv6OrNull(final String text) {
        final int gap = text.indexOf("::");
        final int[] head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        final int[] tail = groups(gap < 0 ? "" : text.substring(gap + 2), true);
        if (head == null || tail == null) {
            return null;
        }
        final int count = head.length + tail.length;
        if (gap < 0 ? count != IPV6_GROUPS : count >= IPV6_GROUPS) {
            return null;
        }
        final long[] address = new long[2];
        for (int i = 0; i < head.length; i++) {
            address[i >> 2] |= (long) head[i] << 48 - (i & 3) * 16;
        }
        for (int i = 0; i < tail.length; i++) {
            final int at = IPV6_GROUPS - tail.length + i;
            address[at >> 2] |= (long) tail[i] << 48 - (at & 3) * 16;
        }
        return address;
    }

    /** The groups of a part without {@code ::}; null when one is wrong. */
    private static int[] groups(final String text, final boolean dottedTail) {
        if (text.isEmpty()) {
            return new int[0];
        }
        final String[] parts = text.split(":", -1);
        final String last = parts[parts.length - 1];
        final long dotted = dottedTail && last.indexOf('.') > 0 ? ipv4OrNegative(last) : -1;
        final int[] groups = new int[dotted >= 0 ? parts.length + 1 : parts.length];
        final int plain = dotted >= 0 ? parts.length - 1 : parts.length;
        for (int i = 0; i < plain; i++) {
            groups[i] = parts[i].length() <= 4 ? number(parts[i], 16) : -1;
            if (groups[i] < 0) {
                return null;
            }
        }
        if (dotted >= 0) {
            groups[plain] = (int) (dotted >>> 16);
            groups[plain + 1] = (int) dotted & 0xffff;
        }
        return groups;
    }
}

package io.vswitch.rules;

/**
 * An IPv4 or IPv6 address; immutable. Text of IPv6 as in RFC 5952.
 *
 * @param isIpv6 the family.
 * @param high bits 127 to 64 of an IPv6 address, else 0.
 * @param low bits 63 to 0 of an IPv6 address, or the IPv4 address in the low 32 bits.
 */
public record IpAddress(boolean isIpv6, long high, long low) {
    private static final String ALLOWED =
            "not an address; allowed: IPv4 as in 10.0.0.1, IPv6 as in fd00::1";

    public IpAddress {
        if (!isIpv6 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("IPv4 address of more than 32 bits");
        }
    }

    static IpAddress parse(final String text) {
        return text.indexOf(':') >= 0 ? parseIpv6(text) : new IpAddress(false, 0, parseIpv4(text));
    }

    private static long parseIpv4(final String text) {
        final String[] octets = text.split("\\.", -1);
        long address = 0;
        for (final String octet : octets) {
            final int value =
                    octet.length() > 1 && octet.startsWith("0") ? -1 : Numbers.decimal(octet, 255);
            if (value < 0 || octets.length != 4) {
                throw new ValueException(ALLOWED);
            }
            address = address << 8 | value;
        }
        return address;
    }

    private static IpAddress parseIpv6(final String text) {
        final int gap = text.indexOf("::");
        check(gap < 0 || text.lastIndexOf('.') < 0 || text.lastIndexOf('.') > gap);
        final int[] groups = new int[8];
        if (gap < 0) {
            check(readGroups(text, groups) == 8);
        } else {
            final int[] tail = new int[8];
            final int head = readGroups(text.substring(0, gap), groups);
            final int tailCount = readGroups(text.substring(gap + 2), tail);
            check(head + tailCount < 8);
            System.arraycopy(tail, 0, groups, 8 - tailCount, tailCount);
        }
        return new IpAddress(true, word(groups, 0), word(groups, 4));
    }

    private static int readGroups(final String text, final int[] groups) {
        if (text.isEmpty()) {
            return 0;
        }
        final String[] words = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < words.length; i++) {
            final boolean dotted = i == words.length - 1 && words[i].indexOf('.') >= 0;
            check(count + (dotted ? 2 : 1) <= 8);
            if (dotted) {
                final long address = parseIpv4(words[i]);
                groups[count++] = (int) (address >>> 16);
                groups[count++] = (int) address & 0xffff;
            } else {
                final int group = Numbers.hexadecimal(words[i], 4);
                check(group >= 0);
                groups[count++] = group;
            }
        }
        return count;
    }

    private static void check(final boolean ok) {
        if (!ok) {
            throw new ValueException(ALLOWED);
        }
    }

    private static long word(final int[] groups, final int from) {
        return (long) groups[from] << 48
                | (long) groups[from + 1] << 32
                | (long) groups[from + 2] << 16
                | groups[from + 3];
    }

    String family() {
        return isIpv6 ? "IPv6" : "IPv4";
    }

    int bits() {
        return isIpv6 ? 128 : 32;
    }

    @Override
    public String toString() {
        if (!isIpv6) {
            return (low >>> 24)
                    + "."
                    + (low >>> 16 & 255)
                    + "."
                    + (low >>> 8 & 255)
                    + "."
                    + (low & 255);
        }
        final int gap = longestZeros();
        final int gapEnd = gap + zerosFrom(gap);
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i >= gap && i < gapEnd) {
                text.append(i == gap ? "::" : "");
            } else {
                text.append(i > 0 && i != gapEnd ? ":" : "").append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private int group(final int index) {
        return (int) ((index < 4 ? high : low) >>> 48 - 16 * (index & 3)) & 0xffff;
    }

    /** Start of the longest run of at least two zero groups, 8 when there is none. */
    private int longestZeros() {
        int best = 8;
        for (int i = 0; i < 8; i++) {
            if (zerosFrom(i) > Math.max(1, zerosFrom(best))) {
                best = i;
            }
        }
        return best;
    }

    private int zerosFrom(final int index) {
        int end = index;
        while (end < 8 && group(end) == 0) {
            end++;
        }
        return end - index;
    }
}

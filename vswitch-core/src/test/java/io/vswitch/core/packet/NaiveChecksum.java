package io.vswitch.core.packet;

/**
 * The internet checksum the way RFC 1071 puts it in words, 16 bits at a time: the oracle of the
 * tests.
 */
public final class NaiveChecksum {
    private NaiveChecksum() {}

    public static int sum(final byte[] bytes, final int from, final int to) {
        int sum = 0;
        for (int i = from; i < to; i += 2) {
            final int low = i + 1 < to ? bytes[i + 1] & 0xff : 0;
            sum += (bytes[i] & 0xff) << 8 | low;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    private static int add(final int a, final int b) {
        return (a + b & 0xffff) + (a + b >>> 16);
    }

    /** Sum of the pseudo-header of the IP packet at {@code l3}. */
    public static int pseudo(final byte[] f, final int l3, final int protocol, final int length) {
        final boolean v4 = (f[l3] & 0xf0) == 0x40;
        final int addresses = v4 ? sum(f, l3 + 12, l3 + 20) : sum(f, l3 + 8, l3 + 40);
        return add(addresses, add(protocol, add(length & 0xffff, length >>> 16)));
    }

    /**
     * Writes IPv4 and transport checksums into a frame whose transport is at {@code l4} and ends at
     * {@code end}.
     */
    public static void fill(
            final byte[] f, final int l3, final int l4, final int protocol, final int end) {
        if ((f[l3] & 0xf0) == 0x40) {
            put(f, l3 + 10, 0);
            put(f, l3 + 10, ~sum(f, l3, l3 + (f[l3] & 0xf) * 4));
        }
        final int field = field(l4, protocol);
        if (field > 0) {
            put(f, field, 0);
            final int pseudo = protocol == 1 ? 0 : pseudo(f, l3, protocol, end - l4);
            final int checksum = ~add(sum(f, l4, end), pseudo) & 0xffff;
            put(f, field, checksum == 0 && protocol == 17 ? 0xffff : checksum);
        }
    }

    /** Offset of the checksum field, or 0. */
    public static int field(final int l4, final int protocol) {
        switch (protocol) {
            case 6:
                return l4 + 16;
            case 17:
                return l4 + 6;
            case 1:
            case 58:
                return l4 + 2;
            default:
                return 0;
        }
    }

    public static void put(final byte[] f, final int at, final int value) {
        f[at] = (byte) (value >> 8);
        f[at + 1] = (byte) value;
    }

    public static int get(final byte[] f, final int at) {
        return (f[at] & 0xff) << 8 | f[at + 1] & 0xff;
    }
}

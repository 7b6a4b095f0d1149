package io.vswitch.ctl.daemon;

import io.vswitch.core.policy.HeaderFields;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Ip;

/** The addresses of a prefix, as the words of {@link HeaderFields}; immutable. */
record AddressRange(boolean v6, long high, long low, long highMask, long lowMask) {
    static AddressRange parse(final String what, final String text) {
        if (text == null) {
            return null;
        }
        final Ip single = text.indexOf('/') < 0 ? Ip.parse(what, text) : null;
        final Cidr cidr =
                single != null ? new Cidr(single, single.bits()) : Cidr.parseNetwork(what, text);
        final long[] words = words(cidr.ip());
        if (cidr.ip().isV4()) {
            return new AddressRange(false, 0, words[1], -1L, ones(32 + cidr.length()));
        }
        return new AddressRange(
                true,
                words[0],
                words[1],
                ones(Math.min(64, cidr.length())),
                ones(Math.max(0, cidr.length() - 64)));
    }

    private static long[] words(final Ip ip) {
        long high = 0;
        long low = 0;
        for (final byte b : ip.bytes()) {
            high = high << 8 | low >>> 56;
            low = low << 8 | b & 0xff;
        }
        return new long[] {high, low};
    }

    /** So many ones from the left. */
    private static long ones(final int count) {
        return count == 0 ? 0 : -1L << (64 - count);
    }

    boolean contains(final HeaderFields fields, final long otherHigh, final long otherLow) {
        return (v6 ? fields.isIpv6() : fields.isIpv4() || fields.isArp())
                && ((otherHigh ^ high) & highMask) == 0
                && ((otherLow ^ low) & lowMask) == 0;
    }
}

package io.vswitch.rules;

import java.util.SplittableRandom;

/** Prefixes around an address, a good part of them the address alone; stateless. */
final class RandomPrefix {
    private static final int WHOLE_PERCENT = 40;

    private RandomPrefix() {}

    static IpPrefix of(final SplittableRandom random, final IpAddress address) {
        final int length =
                random.nextInt(100) < WHOLE_PERCENT
                        ? address.bits()
                        : random.nextInt(address.bits() + 1);
        final int highBits = Math.min(64, length);
        final long high =
                address.isIpv6() && highBits > 0 ? address.high() & -1L << 64 - highBits : 0;
        final int lowBits = address.isIpv6() ? length - highBits : length + 32;
        final long low = lowBits > 0 ? address.low() & -1L << 64 - lowBits : 0;
        return new IpPrefix(new IpAddress(address.isIpv6(), high, low), length);
    }
}

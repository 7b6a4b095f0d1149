package io.vswitch.rules;

import java.util.function.LongConsumer;

/**
 * What a rule asks of one dimension of {@link Cut}, as stretches of numbers: the IPv4 address or
 * the upper half of an IPv6 address, the lower half of an IPv6 address, a port. What can't be told
 * in stretches (negations, very long lists, bits in the middle) counts as all numbers, so a rule
 * may be looked at in vain but is never missed. Stateless.
 */
final class Pieces {
    /** A stretch ends below the threshold, begins at or above it, or covers both sides of it. */
    static final int LOW = 1;

    static final int HIGH = 2;
    static final int ACROSS = 4;

    /** Prefixes of a list up to which each counts by itself. */
    static final int MAX_PREFIXES = 1024;

    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final long IPV4_HIGH = 0xffffffffL << 32;
    private static final int PORT_MASK = 0xffff;

    /** Told of stretches. */
    @FunctionalInterface
    interface Stretches {
        void onStretch(long first, long last);
    }

    private Pieces() {}

    /** The largest number of a dimension. */
    static long last(final int dimension) {
        return dimension >= Cut.SOURCE_PORT ? PORT_MASK : -1L;
    }

    /**
     * On which sides of a threshold a rule has stretches, of those that reach into {@code low} to
     * {@code high}.
     *
     * @return bits of {@link #LOW}, {@link #HIGH} and {@link #ACROSS}.
     */
    static int sides(
            final PackedMatch match,
            final int dimension,
            final long low,
            final long threshold,
            final long high) {
        final AddressMatch list = list(match, dimension);
        if (list != null) {
            return list.canBeCut() ? list.sides(low, threshold, high) : ACROSS;
        }
        final PortSet ports = ports(match, dimension);
        if (ports != null) {
            int sides = 0;
            for (int i = 0; i < ports.ranges(); i++) {
                sides |= sides(ports.first(i), ports.last(i), low, threshold, high);
            }
            return sides;
        }
        final long mask = mask(match, dimension);
        if (mask == 0) {
            return ACROSS;
        }
        final long value = value(match, dimension);
        return sides(value, value | last(dimension) & ~mask, low, threshold, high);
    }

    private static boolean hasStretch(
            final PackedMatch match, final int dimension, final long low, final long high) {
        final long value = value(match, dimension);
        return sides(value, value | last(dimension) & ~mask(match, dimension), low, low, high) != 0;
    }

    /** How many stretches of a rule reach into {@code low} to {@code high}; 1 for all numbers. */
    static int count(
            final PackedMatch match, final int dimension, final long low, final long high) {
        final AddressMatch list = list(match, dimension);
        if (list != null && list.canBeCut()) {
            return list.count(low, high);
        }
        final PortSet ports = ports(match, dimension);
        if (ports == null) {
            return list != null
                            || mask(match, dimension) == 0
                            || hasStretch(match, dimension, low, high)
                    ? 1
                    : 0;
        }
        int count = 0;
        for (int i = 0; i < ports.ranges(); i++) {
            count += ports.first(i) <= high && ports.last(i) >= low ? 1 : 0;
        }
        return count;
    }

    /** {@link #sides} of the stretch from {@code first} to {@code last}. */
    static int sides(
            final long first,
            final long last,
            final long low,
            final long threshold,
            final long high) {
        if (Long.compareUnsigned(last, low) < 0 || Long.compareUnsigned(first, high) > 0) {
            return 0;
        }
        if (Long.compareUnsigned(last, threshold) < 0) {
            return LOW;
        }
        return Long.compareUnsigned(first, threshold) >= 0 ? HIGH : ACROSS;
    }

    /** Tells of the thresholds from {@code low + 1} to {@code high} that part two stretches. */
    static void thresholds(
            final PackedMatch match,
            final int dimension,
            final long low,
            final long high,
            final LongConsumer found) {
        final AddressMatch list = list(match, dimension);
        final PortSet ports = ports(match, dimension);
        if (list != null) {
            if (list.canBeCut()) {
                list.forEachStretch((first, last) -> bounds(first, last, low, high, found));
            }
        } else if (ports != null) {
            for (int i = 0; i < ports.ranges(); i++) {
                bounds(ports.first(i), ports.last(i), low, high, found);
            }
        } else if (mask(match, dimension) != 0) {
            final long value = value(match, dimension);
            final long last = value | last(dimension) & ~mask(match, dimension);
            bounds(value, last, low, high, found);
        }
    }

    private static void bounds(
            final long first,
            final long last,
            final long low,
            final long high,
            final LongConsumer found) {
        if (Long.compareUnsigned(first, low) > 0 && Long.compareUnsigned(first, high) <= 0) {
            found.accept(first);
        }
        if (Long.compareUnsigned(last, low) >= 0 && Long.compareUnsigned(last, high) < 0) {
            found.accept(last + 1);
        }
    }

    private static AddressMatch list(final PackedMatch match, final int dimension) {
        switch (dimension) {
            case Cut.SOURCE:
                return match.sources;
            case Cut.DESTINATION:
                return match.destinations;
            default:
                return null;
        }
    }

    private static PortSet ports(final PackedMatch match, final int dimension) {
        switch (dimension) {
            case Cut.SOURCE_PORT:
                return match.sourcePorts;
            case Cut.DESTINATION_PORT:
                return match.destinationPorts;
            default:
                return null;
        }
    }

    private static long value(final PackedMatch match, final int dimension) {
        switch (dimension) {
            case Cut.SOURCE:
                return isIpv6(match) ? match.sourceHigh : match.sourceLow;
            case Cut.DESTINATION:
                return isIpv6(match) ? match.destinationHigh : match.destinationLow;
            case Cut.SOURCE_HOST:
                return match.sourceLow;
            case Cut.DESTINATION_HOST:
                return match.destinationLow;
            case Cut.SOURCE_PORT:
                return match.value2 >>> CompiledRule.SOURCE_PORT_SHIFT & PORT_MASK;
            default:
                return match.value2 & PORT_MASK;
        }
    }

    /** The leading bits that count; 0 when the rule doesn't look at this dimension. */
    private static long mask(final PackedMatch match, final int dimension) {
        switch (dimension) {
            case Cut.SOURCE:
                return isIpv6(match) ? match.sourceHighMask : ipv4(match, match.sourceLowMask);
            case Cut.DESTINATION:
                return isIpv6(match)
                        ? match.destinationHighMask
                        : ipv4(match, match.destinationLowMask);
            case Cut.SOURCE_HOST:
                return isIpv6(match) ? match.sourceLowMask : 0;
            case Cut.DESTINATION_HOST:
                return isIpv6(match) ? match.destinationLowMask : 0;
            case Cut.SOURCE_PORT:
                return portMask(match.mask2 >>> CompiledRule.SOURCE_PORT_SHIFT);
            default:
                return portMask(match.mask2);
        }
    }

    private static boolean isIpv6(final PackedMatch match) {
        return (match.mask0 & 0xffff) == 0xffff && (match.value0 & 0xffff) == IPV6;
    }

    private static long ipv4(final PackedMatch match, final long mask) {
        return (match.mask0 & 0xffff) == 0xffff && (match.value0 & 0xffff) == IPV4
                ? mask == 0 ? 0 : mask | IPV4_HIGH
                : 0;
    }

    /** An ICMP code alone, in the lower half, is no stretch. */
    private static long portMask(final long word2) {
        final long mask = word2 & PORT_MASK;
        return mask == 0xff ? 0 : mask;
    }
}

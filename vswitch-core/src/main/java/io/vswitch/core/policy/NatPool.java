package io.vswitch.core.policy;

import java.util.List;

/**
 * Addresses and ports that source translation may give to connections; immutable, any thread.
 *
 * @param name of the pool, or the address itself where a rule names one.
 * @param ranges disjoint address ranges, at least one.
 * @param firstPort lowest port, or echo identifier, to give away, 1 to 65,535.
 * @param lastPort highest one.
 * @param anyPortKept whether a connection may keep its own port though it lies outside of these.
 */
public record NatPool(
        String name, List<Range> ranges, int firstPort, int lastPort, boolean anyPortKept) {
    /** Most addresses of a pool. */
    public static final int MAX_ADDRESSES = 65_536;

    /**
     * Addresses one after the other.
     *
     * @param high the upper 64 bits of all of them; 0 for IPv4.
     * @param firstLow the lower bits of the first.
     * @param count 1 to {@link #MAX_ADDRESSES}.
     */
    public record Range(boolean isIpv6, long high, long firstLow, int count) {
        boolean contains(final boolean ipv6, final long addressHigh, final long addressLow) {
            final long index = addressLow - firstLow;
            return ipv6 == isIpv6 && addressHigh == high && index >= 0 && index < count;
        }

        /** Whether an address is in both. */
        public boolean overlaps(final Range other) {
            return contains(other.isIpv6, other.high, other.firstLow)
                    || other.contains(isIpv6, high, firstLow);
        }
    }

    public NatPool {
        ranges = List.copyOf(ranges);
    }

    /** Addresses of the family. */
    public int size(final boolean ipv6) {
        int size = 0;
        for (int i = 0; i < ranges.size(); i++) {
            size += ranges.get(i).isIpv6() == ipv6 ? ranges.get(i).count() : 0;
        }
        return size;
    }

    /** Makes the address of this index, 0 to {@link #size} - 1, the packet's source. */
    public void putSource(final int index, final HeaderFields fields) {
        int rest = index;
        for (int i = 0; i < ranges.size(); i++) {
            final Range range = ranges.get(i);
            if (range.isIpv6() == fields.isIpv6()) {
                if (rest < range.count()) {
                    fields.sourceHigh = range.high();
                    fields.sourceLow = range.firstLow() + rest;
                    return;
                }
                rest -= range.count();
            }
        }
        throw new IndexOutOfBoundsException(index);
    }

    /** Whether the packet's source address and port may be of this pool. */
    public boolean coversSource(final HeaderFields fields) {
        return keepsPort(fields.sourcePort) && hasSource(fields);
    }

    private boolean hasSource(final HeaderFields fields) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).contains(fields.isIpv6(), fields.sourceHigh, fields.sourceLow)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a connection may have this port outside when it has it inside. */
    public boolean keepsPort(final int port) {
        return anyPortKept || port >= firstPort && port <= lastPort;
    }

    /** Whether an address is in both. */
    public boolean overlaps(final NatPool other) {
        return ranges.stream().anyMatch(mine -> other.ranges.stream().anyMatch(mine::overlaps));
    }

    /** Ports to give away. */
    public int ports() {
        return lastPort - firstPort + 1;
    }
}

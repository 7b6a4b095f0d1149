package io.vswitch.rules;

/**
 * An IP prefix; immutable.
 *
 * @param address the network's address, no host bits set.
 * @param length bits that count: 0 to 32 for IPv4, 0 to 128 for IPv6.
 */
public record IpPrefix(IpAddress address, int length) implements Comparable<IpPrefix> {
    public IpPrefix {
        if (length < 0 || length > address.bits()) {
            throw new ValueException(
                    "bad prefix length; allowed for "
                            + address.family()
                            + ": 0 to "
                            + address.bits());
        }
        final IpAddress network =
                new IpAddress(
                        address.isIpv6(),
                        address.high() & highMask(address, length),
                        address.low() & lowMask(address, length));
        if (!network.equals(address)) {
            throw new ValueException("host bits are set; the network is " + network + "/" + length);
        }
    }

    static IpPrefix parse(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0) {
            final IpAddress host = IpAddress.parse(text);
            return new IpPrefix(host, host.bits());
        }
        final IpAddress address = IpAddress.parse(text.substring(0, slash));
        return new IpPrefix(address, Numbers.decimal(text.substring(slash + 1), address.bits()));
    }

    private static long highMask(final IpAddress address, final int length) {
        return address.isIpv6() ? ones(Math.min(length, 64)) : 0;
    }

    private static long lowMask(final IpAddress address, final int length) {
        return address.isIpv6() ? ones(Math.max(0, length - 64)) : ones(length) >>> 32;
    }

    private static long ones(final int count) {
        return count == 0 ? 0 : -1L << 64 - count;
    }

    /** Mask of {@link IpAddress#high}. */
    long highMask() {
        return highMask(address, length);
    }

    /** Mask of {@link IpAddress#low}. */
    long lowMask() {
        return lowMask(address, length);
    }

    /** Every address of the other is one of this. */
    boolean contains(final IpPrefix other) {
        return address.isIpv6() == other.address.isIpv6()
                && length <= other.length
                && ((address.high() ^ other.address.high()) & highMask()) == 0
                && ((address.low() ^ other.address.low()) & lowMask()) == 0;
    }

    /** IPv4 first, then by address, then the shorter one, so what contains comes first. */
    @Override
    public int compareTo(final IpPrefix other) {
        int order = Boolean.compare(address.isIpv6(), other.address.isIpv6());
        order = order != 0 ? order : Long.compareUnsigned(address.high(), other.address.high());
        order = order != 0 ? order : Long.compareUnsigned(address.low(), other.address.low());
        return order != 0 ? order : Integer.compare(length, other.length);
    }

    @Override
    public String toString() {
        return length == address.bits() ? address.toString() : address + "/" + length;
    }
}

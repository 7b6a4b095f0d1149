package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Refusal;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A subnet and which of its addresses are taken; immutable.
 *
 * @param space whose it is: subnets of one don't overlap.
 * @param range of addresses that are handed out unasked, or null for all.
 * @param users how often it was requested and not released.
 * @param last address that was handed out unasked, or null.
 */
record AddressPool(
        String id,
        String space,
        String subnet,
        String range,
        int users,
        String last,
        List<String> taken) {
    private static final int SMALLEST = 2;

    Cidr cidr() {
        return Cidr.parse("subnet", subnet);
    }

    AddressPool withUsers(final int count) {
        return new AddressPool(id, space, subnet, range, count, last, taken);
    }

    /** With one more, or one less. */
    AddressPool with(final String address, final boolean isTaken) {
        final Set<String> next = new TreeSet<>(taken);
        if (isTaken) {
            next.add(address);
        } else {
            next.remove(address);
        }
        return new AddressPool(id, space, subnet, range, users, last, List.copyOf(next));
    }

    AddressPool withLast(final String address) {
        return new AddressPool(id, space, subnet, range, users, address, taken);
    }

    /** The address as it is written here; refuses one that can't be a host's. */
    String check(final String text) {
        final Ip ip = Ip.parse("address", text);
        if (!cidr().contains(ip)) {
            throw Refusal.usage("address %s is not in subnet %s".formatted(ip, subnet));
        }
        return ip.toString();
    }

    /**
     * The next address that is free, behind the one that was handed out last: the longest free one
     * comes first.
     *
     * @param spared are handed out only when there are no others.
     */
    String next(final Set<String> spared) {
        final Set<String> all = Set.copyOf(taken);
        final String free = firstFree(all);
        if (free != null) {
            return free;
        }
        final Set<String> used = new TreeSet<>(all);
        used.removeAll(spared);
        final String last = spared.isEmpty() ? null : firstFree(used);
        if (last == null) {
            throw Refusal.failure(
                    "no address is free in %s: %d are in use"
                            .formatted(range == null ? subnet : range, taken.size()));
        }
        return last;
    }

    private String firstFree(final Set<String> used) {
        final Cidr cidr = Cidr.parse("range", range == null ? subnet : range);
        final BigInteger first = value(cidr.network().ip());
        final BigInteger size = BigInteger.ONE.shiftLeft(cidr.ip().bits() - cidr.length());
        final boolean hasRoom = size.bitLength() > SMALLEST && range == null;
        final BigInteger from = hasRoom ? BigInteger.ONE : BigInteger.ZERO;
        final BigInteger count =
                size.subtract(from)
                        .subtract(hasRoom && cidr.ip().isV4() ? BigInteger.ONE : BigInteger.ZERO);
        final BigInteger start =
                last == null
                        ? BigInteger.ZERO
                        : value(Ip.parse("address", last))
                                .subtract(first)
                                .subtract(from)
                                .add(BigInteger.ONE);
        // One more try than are taken finds a free one if there is any.
        final int tries = count.min(BigInteger.valueOf(used.size() + 1L)).intValueExact();
        for (int i = 0; i < tries; i++) {
            final BigInteger place = start.add(BigInteger.valueOf(i)).mod(count).add(from);
            final String address = address(first.add(place), cidr.ip().bits());
            if (!used.contains(address)) {
                return address;
            }
        }
        return null;
    }

    private static BigInteger value(final Ip ip) {
        return new BigInteger(1, ip.bytes());
    }

    private static String address(final BigInteger value, final int bits) {
        final byte[] bytes = new byte[bits / 8];
        final byte[] from = value.toByteArray();
        for (int i = 0; i < Math.min(from.length, bytes.length); i++) {
            bytes[bytes.length - 1 - i] = from[from.length - 1 - i];
        }
        return Ip.of(bytes).toString();
    }
}

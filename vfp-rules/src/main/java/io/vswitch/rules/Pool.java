package io.vswitch.rules;

import io.vswitch.core.policy.NatPool;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Addresses and ports that rules translate sources to, by a name that rules give; immutable.
 *
 * @param name unique in the switch, 1 to 63 characters, not like an address.
 * @param items the addresses as they are written: IP, IP-IP or IP/LENGTH.
 * @param ports as they are written: PORT-PORT.
 * @param nat the same as the packet path takes it.
 */
public record Pool(String name, List<String> items, String ports, NatPool nat) {
    /** Ports of a pool that names none. */
    public static final String DEFAULT_PORTS = "1024-65535";

    private static final String ALLOWED = "allowed: IP, IP-IP or IP/LENGTH";

    public Pool {
        items = List.copyOf(items);
    }

    /**
     * Reads a pool.
     *
     * @param items each IP, IP-IP or IP/LENGTH.
     * @param ports PORT-PORT, or null for {@link #DEFAULT_PORTS}.
     * @throws RuleSyntaxException with one line.
     */
    public static Pool of(final String name, final List<String> items, final String ports) {
        Names.check("pool", name);
        if (NatSpec.isAddress(name)) {
            throw new RuleSyntaxException("pool '" + name + "': the name looks like an address");
        }
        if (items.isEmpty()) {
            throw new RuleSyntaxException("pool '" + name + "': no address; " + ALLOWED);
        }
        final List<NatPool.Range> ranges = new ArrayList<>();
        for (final String item : items) {
            final NatPool.Range range = read("address", name, item, () -> range(item));
            ranges.forEach(other -> checkApart(name, item, range, other));
            ranges.add(range);
        }
        checkSize(name, ranges);
        final String given = ports == null ? DEFAULT_PORTS : ports;
        final PortSet set = read("ports", name, given, () -> ports(given));
        return new Pool(
                name,
                items,
                set.first(0) + "-" + set.last(0),
                new NatPool(name, ranges, set.first(0), set.last(0), false));
    }

    private static <T> T read(
            final String what, final String name, final String text, final Supplier<T> reader) {
        try {
            return reader.get();
        } catch (final ValueException bad) {
            throw new RuleSyntaxException(
                    "pool '%s': %s '%s': %s"
                            .formatted(name, what, Names.printable(text), bad.getMessage()));
        }
    }

    private static NatPool.Range range(final String item) {
        final int dash = item.indexOf('-');
        if (item.indexOf('/') >= 0) {
            return range(IpPrefix.parse(item));
        }
        final IpAddress first = IpAddress.parse(dash < 0 ? item : item.substring(0, dash));
        final IpAddress last = dash < 0 ? first : IpAddress.parse(item.substring(dash + 1));
        if (first.isIpv6() != last.isIpv6() || first.high() != last.high()) {
            throw new ValueException("a range of two families, or too wide");
        }
        final long count = last.low() - first.low() + 1;
        if (Long.compareUnsigned(first.low(), last.low()) > 0) {
            throw new ValueException("range upside down");
        }
        return range(first, count);
    }

    private static NatPool.Range range(final IpPrefix prefix) {
        final int hostBits = prefix.address().bits() - prefix.length();
        return range(prefix.address(), hostBits > 16 ? Long.MAX_VALUE : 1L << hostBits);
    }

    private static NatPool.Range range(final IpAddress first, final long count) {
        if (count < 1 || count > NatPool.MAX_ADDRESSES) {
            throw new ValueException("more than " + NatPool.MAX_ADDRESSES + " addresses");
        }
        return new NatPool.Range(first.isIpv6(), first.high(), first.low(), (int) count);
    }

    private static PortSet ports(final String text) {
        final PortSet set = PortSet.parse(text);
        if (set.ranges() != 1 || set.first(0) == 0) {
            throw new ValueException("allowed: one range PORT-PORT, ports 1 to 65535");
        }
        return set;
    }

    private static void checkApart(
            final String name,
            final String item,
            final NatPool.Range range,
            final NatPool.Range other) {
        if (range.overlaps(other)) {
            throw new RuleSyntaxException(
                    "pool '%s': address '%s' is in it twice".formatted(name, item));
        }
    }

    private static void checkSize(final String name, final List<NatPool.Range> ranges) {
        final long count = ranges.stream().mapToLong(NatPool.Range::count).sum();
        if (count > NatPool.MAX_ADDRESSES) {
            throw new RuleSyntaxException(
                    "pool '%s': %d addresses; allowed: up to %d"
                            .formatted(name, count, NatPool.MAX_ADDRESSES));
        }
    }

    /** Addresses, of both families. */
    public int addresses() {
        return nat.size(false) + nat.size(true);
    }
}

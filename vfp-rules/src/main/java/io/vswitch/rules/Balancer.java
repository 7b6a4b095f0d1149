package io.vswitch.rules;

import io.vswitch.core.packet.Addresses;
import io.vswitch.core.policy.HeaderFields;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A load balancer as the packet path uses it: chooses a backend for a connection, and knows which
 * are still there; immutable but for counters, any thread, allocates nothing after construction.
 */
final class Balancer {
    /** No backend. */
    static final int NONE = -1;

    /** What it was compiled from. */
    final LoadBalancer source;

    private final Affinity affinity;
    private final boolean ipv6;
    private final long[] secrets;
    private final short[] table;
    private final long[] high;
    private final long[] low;
    private final int[] port;
    private final long[] mac;
    private final boolean[] down;
    private final BackendRef[] refs;

    /** All backends that take connections have one address. */
    private final boolean isOnlyHost;

    /**
     * @param macs by index of the backend, -1 for none known.
     * @param refs by index of the backend.
     * @param last of the same seed, whose table is kept if the same backends take new connections;
     *     or null.
     */
    Balancer(
            final LoadBalancer source,
            final long[] macs,
            final BackendRef[] refs,
            final Balancer last) {
        final List<Backend> backends = source.backends();
        this.source = source;
        this.affinity = source.affinity();
        this.ipv6 = !backends.isEmpty() && backends.get(0).address().isIpv6();
        this.secrets = new SplittableRandom(source.seed()).longs(7).toArray();
        this.table =
                last != null && last.source.equals(source)
                        ? last.table
                        : MaglevTable.build(
                                backends, source.seed(), MaglevTable.size(backends.size()));
        this.high = backends.stream().mapToLong(b -> b.address().high()).toArray();
        this.low = backends.stream().mapToLong(b -> b.address().low()).toArray();
        this.port = backends.stream().mapToInt(Backend::port).toArray();
        this.down = new boolean[backends.size()];
        for (int i = 0; i < down.length; i++) {
            down[i] = backends.get(i).state() == Backend.State.DOWN;
        }
        this.mac = macs;
        this.refs = refs;
        this.isOnlyHost =
                backends.stream().filter(Backend::takesNew).map(Backend::address).distinct().count()
                        == 1;
    }

    /** True when packets of this family can go to its backends. */
    boolean isOfFamily(final HeaderFields fields) {
        return ipv6 ? fields.isIpv6() : fields.isIpv4();
    }

    boolean isEmpty() {
        return low.length == 0;
    }

    /**
     * Index of the backend for a new connection, or {@link #NONE} when no one takes any. A backend
     * that calls is given another one.
     */
    int choose(final HeaderFields first) {
        if (table == null) {
            return NONE;
        }
        int slot = (int) ((hash(first) >>> 1) % table.length);
        for (int i = 0; i < table.length; i++) {
            if (!isCaller(table[slot], first)) {
                return table[slot];
            }
            if (isOnlyHost) {
                return NONE;
            }
            slot = slot + 1 == table.length ? 0 : slot + 1;
        }
        return NONE;
    }

    private boolean isCaller(final int backend, final HeaderFields fields) {
        return low[backend] == fields.sourceLow && high[backend] == fields.sourceHigh;
    }

    private long hash(final HeaderFields fields) {
        long sum = fold(fields.sourceHigh ^ secrets[0], fields.sourceLow ^ secrets[1]);
        if (affinity != Affinity.CLIENT) {
            sum += fold(fields.protocol ^ secrets[2], secrets[3]);
        }
        if (affinity == Affinity.NONE) {
            final long ports = (long) fields.sourcePort << 16 | fields.destinationPort;
            sum +=
                    fold(
                            fields.destinationHigh ^ ports << 32 ^ secrets[4],
                            fields.destinationLow ^ secrets[5] ^ ports);
        }
        return fold(sum, secrets[6] | 1);
    }

    private static long fold(final long a, final long b) {
        return Math.multiplyHigh(a, b) ^ (a * b);
    }

    /**
     * Index of the backend that has a connection, or {@link #NONE} when it is down or gone.
     *
     * @param before packet of the opener.
     * @param after the same as it goes to the backend.
     */
    int keeper(final HeaderFields before, final HeaderFields after) {
        final int found = holder(after);
        final boolean keeps =
                found >= 0
                        && !down[found]
                        && (port[found] != 0 || before.destinationPort == after.destinationPort);
        return keeps ? found : NONE;
    }

    private int holder(final HeaderFields after) {
        final int exact = find(after.destinationHigh, after.destinationLow, after.destinationPort);
        return exact >= 0 ? exact : find(after.destinationHigh, after.destinationLow, 0);
    }

    private int find(final long toHigh, final long toLow, final int toPort) {
        int from = 0;
        int to = low.length - 1;
        while (from <= to) {
            final int middle = (from + to) >>> 1;
            int order = Backend.compare(high[middle], low[middle], toHigh, toLow);
            order = order != 0 ? order : Integer.compare(port[middle], toPort);
            if (order == 0) {
                return middle;
            }
            from = order < 0 ? middle + 1 : from;
            to = order > 0 ? middle - 1 : to;
        }
        return NONE;
    }

    /** Sends the packet to a backend. */
    void apply(final int backend, final HeaderFields fields) {
        fields.destinationHigh = high[backend];
        fields.destinationLow = low[backend];
        fields.destinationPort = port[backend] == 0 ? fields.destinationPort : port[backend];
        applyMac(backend, fields);
    }

    void applyMac(final int backend, final HeaderFields fields) {
        fields.destinationMac = mac[backend] < 0 ? fields.destinationMac : mac[backend];
    }

    /** True when compiling these would come to the same. */
    boolean isMadeOf(final LoadBalancer other, final long[] macs, final BackendRef[] counters) {
        return source.equals(other) && Arrays.equals(mac, macs) && Arrays.equals(refs, counters);
    }

    long opened(final Backend backend) {
        final int index = Collections.binarySearch(source.backends(), backend);
        return index < 0 ? 0 : refs[index].opened();
    }

    String mac(final Backend backend) {
        final int index = Collections.binarySearch(source.backends(), backend);
        return index < 0 || mac[index] < 0 ? null : Addresses.mac(mac[index]);
    }

    double share(final Backend backend) {
        final int index = Collections.binarySearch(source.backends(), backend);
        int slots = 0;
        for (int i = 0; table != null && i < table.length; i++) {
            slots += table[i] == index ? 1 : 0;
        }
        return table == null ? 0 : (double) slots / table.length;
    }

    /** A connection was given to the backend its packets go to. */
    void countOpened(final HeaderFields after) {
        final int backend = holder(after);
        if (backend >= 0) {
            refs[backend].countOpened();
        }
    }
}

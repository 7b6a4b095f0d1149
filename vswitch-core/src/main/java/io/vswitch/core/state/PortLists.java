package io.vswitch.core.state;

import io.vswitch.core.guard.ConnectionLimits;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.view.PortConnections;
import java.util.Arrays;

/**
 * The connections of each port by what they are worth, oldest first, and the ports' limits: who
 * gives way to a new one. Owned by the table's worker.
 *
 * <p>At a port's limit one of its own gives way, or the new one is refused. In a full table the
 * port that has most to give gives: so none pays for what another opens. What is established never
 * gives way.
 */
final class PortLists {
    /** {@link #giver}: nobody may give way. */
    static final int REFUSED = -2;

    /** What a connection is worth, cheapest first; those before {@link #KEPT} give way. */
    static final int OVER = 0;

    static final int HALF_OPEN = 1;
    static final int UNANSWERED = 2;
    static final int ECHO = 3;
    static final int KEPT = 4;
    static final int ESTABLISHED = 4;
    static final int ANSWERED = 5;

    private static final int NONE = ConnectionTable.NONE;
    private static final int KINDS = 6;

    /** A full table looks for the port that has most again after so many connections. */
    private static final int RANKED_FOR = 32;

    private final ConnectionEntries entries;
    private int[] counts = {};
    private int[] oldest = {};
    private int[] newest = {};
    private ConnectionLimits[] limits = {};
    private int largest;
    private int ranked;

    PortLists(final ConnectionEntries entries) {
        this.entries = entries;
    }

    /** Sets the limits of a port. */
    void limit(final int port, final ConnectionLimits most) {
        admit(port);
        limits[port] = most;
    }

    /** Makes room for a port id; allocates only when the id is higher than any before. */
    private void admit(final int port) {
        if (port >= limits.length) {
            final int was = oldest.length;
            final int ports = Math.max(16, Integer.highestOneBit(port) << 1);
            limits = Arrays.copyOf(limits, ports);
            counts = Arrays.copyOf(counts, ports * KINDS);
            oldest = Arrays.copyOf(oldest, ports * KINDS);
            newest = Arrays.copyOf(newest, ports * KINDS);
            Arrays.fill(oldest, was, oldest.length, NONE);
            Arrays.fill(newest, was, newest.length, NONE);
        }
    }

    private int count(final int port, final int kind) {
        return counts[port * KINDS + kind];
    }

    private int list(final int entry, final ConnectionState state) {
        return ConnectionKey.portId(entries.keyWord(entry, 4)) * KINDS + state.kind();
    }

    void attach(final int entry, final ConnectionState state) {
        admit(ConnectionKey.portId(entries.keyWord(entry, 4)));
        final int list = list(entry, state);
        counts[list]++;
        if (state.kind() < KEPT) {
            final int last = newest[list];
            entries.putInt(entry, ConnectionEntries.PORT_PREVIOUS, last);
            entries.putInt(entry, ConnectionEntries.PORT_NEXT, NONE);
            newest[list] = entry;
            if (last == NONE) {
                oldest[list] = entry;
            } else {
                entries.putInt(last, ConnectionEntries.PORT_NEXT, entry);
            }
        }
    }

    void detach(final int entry, final ConnectionState state) {
        final int list = list(entry, state);
        counts[list]--;
        if (state.kind() < KEPT) {
            final int previous = entries.getInt(entry, ConnectionEntries.PORT_PREVIOUS);
            final int next = entries.getInt(entry, ConnectionEntries.PORT_NEXT);
            if (previous == NONE) {
                oldest[list] = next;
            } else {
                entries.putInt(previous, ConnectionEntries.PORT_NEXT, next);
            }
            if (next == NONE) {
                newest[list] = previous;
            } else {
                entries.putInt(next, ConnectionEntries.PORT_PREVIOUS, previous);
            }
        }
    }

    /**
     * Which connection gives way at the port's limit for another of this protocol.
     *
     * @return {@link ConnectionTable#NONE} when none needs to, or {@link #REFUSED}.
     */
    int giver(final int port, final int protocol) {
        final ConnectionLimits most = port < limits.length ? limits[port] : null;
        if (most == null || most == ConnectionLimits.NONE) {
            return NONE;
        }
        if (protocol == IpProtocol.TCP) {
            return tcpGiver(port, most);
        }
        if (protocol == IpProtocol.UDP) {
            final int all = count(port, UNANSWERED) + count(port, ANSWERED);
            return giver(port, UNANSWERED, all, most.udp());
        }
        return giver(port, ECHO, count(port, ECHO), most.icmp());
    }

    private int tcpGiver(final int port, final ConnectionLimits most) {
        final int half = count(port, HALF_OPEN);
        final int all = half + count(port, ESTABLISHED);
        final int giver = giver(port, HALF_OPEN, all, most.established());
        return giver == NONE ? giver(port, HALF_OPEN, half, most.halfOpen()) : giver;
    }

    private int giver(final int port, final int kind, final int count, final int most) {
        if (most == 0 || count < most) {
            return NONE;
        }
        final int giver = oldest[port * KINDS + kind];
        return giver == NONE ? REFUSED : giver;
    }

    /** Which connection gives way in a full table, or {@link ConnectionTable#NONE}. */
    int giver() {
        if (ranked-- <= 0 || toGive(largest) == 0) {
            rank();
        }
        for (int kind = 0; kind < KEPT && largest < limits.length; kind++) {
            if (oldest[largest * KINDS + kind] != NONE) {
                return oldest[largest * KINDS + kind];
            }
        }
        return NONE;
    }

    private void rank() {
        ranked = RANKED_FOR;
        largest = 0;
        for (int port = 1; port < limits.length; port++) {
            if (toGive(port) > toGive(largest)) {
                largest = port;
            }
        }
    }

    private int toGive(final int port) {
        int sum = 0;
        for (int kind = 0; kind < KEPT && port < limits.length; kind++) {
            sum += count(port, kind);
        }
        return sum;
    }

    /** What a port has. */
    PortConnections of(final int port) {
        return port >= limits.length
                ? PortConnections.NONE
                : new PortConnections(
                        count(port, HALF_OPEN),
                        count(port, ESTABLISHED),
                        count(port, OVER),
                        count(port, UNANSWERED) + count(port, ANSWERED),
                        count(port, ECHO));
    }
}

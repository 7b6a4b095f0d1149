package io.vswitch.core.state;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.NatPool;
import io.vswitch.core.policy.NatPorts;

/**
 * Finds the source addresses and ports of connections to be translated; owned by the table's
 * worker, changes nothing in the table. Where a search begins follows from the source inside, so
 * {@code explain} foretells what happens.
 *
 * <p>Most searches end at once, with the source's own port. What one packet may cost is bounded: a
 * pool that had nothing free is searched through again only after {@link #PAUSE_NS}, a piece at a
 * time.
 */
final class PortChooser implements NatPorts {
    /** Ports tried at the address of a source before others are. */
    private static final int TRIES = 64;

    /** Addresses and ports looked at in a search of the whole pool. */
    private static final int PIECE = 16_384;

    private static final long PAUSE_NS = 10_000_000L;
    private static final int POOLS = 64;

    private final ConnectionTable table;
    private final NatTable bindings;
    private final long[] key = new long[ConnectionKey.WORDS];
    private final long[] reply = new long[ConnectionKey.WORDS];
    private final NatPool[] failed = new NatPool[POOLS];
    private final long[] failedNs = new long[POOLS];
    private final long[] cursors = new long[POOLS];
    private int portId;
    private int layer;
    private Direction direction;
    private int replaced;
    private long nowNs;
    private boolean taken;
    private long sink;

    PortChooser(final ConnectionTable table) {
        this.table = table;
        this.bindings = table.translations();
    }

    /**
     * The next packet to choose for.
     *
     * @param instead connection that the new one takes the place of, or NONE.
     */
    void begin(
            final int port,
            final int layerNumber,
            final Direction way,
            final int instead,
            final long now) {
        portId = port;
        layer = layerNumber;
        direction = way;
        replaced = instead;
        nowNs = now;
        taken = false;
    }

    /** Whether a source was taken since. */
    boolean isTaken() {
        return taken;
    }

    @Override
    public boolean takeSource(final NatPool pool, final HeaderFields fields) {
        final long high = fields.sourceHigh;
        final long low = fields.sourceLow;
        final int port = fields.sourcePort;
        taken = pool.size(fields.isIpv6()) > 0 && (isBound(pool, fields) || isFound(pool, fields));
        if (!taken) {
            fields.sourceHigh = high;
            fields.sourceLow = low;
            fields.sourcePort = port;
        }
        return taken;
    }

    /** Takes a source outside that the source inside has. */
    private boolean isBound(final NatPool pool, final HeaderFields fields) {
        ConnectionKey.fill(key, portId, layer, direction, fields);
        int first = bindings.firstInside(key, direction);
        while (first != ConnectionTable.NONE) {
            bindings.loadSource(first, fields);
            if (pool.coversSource(fields) && isReplyFree(fields)) {
                return true;
            }
            first = bindings.nextInside(first);
        }
        return false;
    }

    private boolean isFound(final NatPool pool, final HeaderFields fields) {
        ConnectionKey.load(key, direction, fields);
        final int own = fields.sourcePort;
        final long host = bindings.hashOfHost(key, direction) >>> 32;
        pool.putSource((int) (host % pool.size(fields.isIpv6())), fields);
        if (pool.keepsPort(own) && isFreeAtOnce(fields)) {
            return true;
        }
        final long start = bindings.hashOfInside(key, direction) >>> 32;
        final int offset = (int) (start % pool.ports());
        for (int i = 0; i < Math.min(TRIES, pool.ports()); i++) {
            fields.sourcePort = pool.firstPort() + (offset + i) % pool.ports();
            if (isFree(fields)) {
                return true;
            }
        }
        return isFoundAnywhere(pool, fields);
    }

    private boolean isFoundAnywhere(final NatPool pool, final HeaderFields fields) {
        final int slot = System.identityHashCode(pool) & POOLS - 1;
        if (failed[slot] == pool && nowNs - failedNs[slot] < PAUSE_NS) {
            return false;
        }
        final long all = (long) pool.size(fields.isIpv6()) * pool.ports();
        for (int i = 0; i < Math.min(all, PIECE); i++) {
            final long at = (cursors[slot] + i) % all;
            pool.putSource((int) (at / pool.ports()), fields);
            fields.sourcePort = pool.firstPort() + (int) (at % pool.ports());
            if (isFree(fields)) {
                cursors[slot] = at;
                failed[slot] = null;
                return true;
            }
        }
        cursors[slot] = (cursors[slot] + PIECE) % all;
        failed[slot] = pool;
        failedNs[slot] = nowNs;
        return false;
    }

    /**
     * True when no other source inside has this one outside; a finished connection's may be taken
     * over by a TCP connection, whose first segment is a fresh SYN (RFC 5382, RFC 6191).
     */
    private boolean isFree(final HeaderFields fields) {
        ConnectionKey.fill(reply, portId, layer, direction, fields);
        final int other = bindings.firstOutside(reply, direction);
        final boolean free = other == ConnectionTable.NONE || gives(other);
        return free && isReplyFree(fields);
    }

    /** The same, with all that it looks at loaded together. */
    private boolean isFreeAtOnce(final HeaderFields fields) {
        ConnectionKey.fill(reply, portId, layer, direction, fields);
        sink = bindings.touch(reply, direction);
        return isFree(fields);
    }

    private boolean gives(final int other) {
        final boolean own = other == replaced && bindings.nextOfRing(other) == other;
        return own || table.claims().isBindingOver(other, nowNs);
    }

    /** True when no other connection has this key, as its own or as that of its replies. */
    private boolean isReplyFree(final HeaderFields fields) {
        ConnectionKey.fill(reply, portId, layer, direction, fields);
        return givesKey(table.holder(reply)) && givesKey(bindings.find(reply));
    }

    private boolean givesKey(final int entry) {
        return entry == ConnectionTable.NONE || entry == replaced || table.isOver(entry, nowNs);
    }
}

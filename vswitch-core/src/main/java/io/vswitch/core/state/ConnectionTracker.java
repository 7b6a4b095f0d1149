package io.vswitch.core.state;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.TcpHeader;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyState;
import io.vswitch.core.policy.Translation;
import java.util.Arrays;

/**
 * One decision's view of a {@link ConnectionTable}: looks connections up, notes what the decision
 * wants done to them, and does it on {@link #commit}; owned by the table's worker. Who never
 * commits, as explain, only reads.
 *
 * <p>It also says for how long a decision holds, as one word that a cached flow keeps: {@link
 * Holding}.
 *
 * <p>A worker that keeps no table has a tracker all the same: it only notes that a stateful layer
 * was met, see {@link #isElsewhere}, and says how long decisions of the table's worker hold.
 */
public final class ConnectionTracker implements PolicyState {
    /** Most connections that one packet may belong to: one per stateful layer it passes. */
    public static final int MAX_PENDING = 32;

    private static final int OPEN = -1;

    /** Null: another worker has it. */
    private final ConnectionTable table;

    private final ConnectionEvents events;
    private final HeaderFields opener = new HeaderFields();
    private final long[] key = new long[ConnectionKey.WORDS];
    private final HeaderFields before = new HeaderFields();
    private final HeaderFields after = new HeaderFields();
    private final PendingOpen[] opens = new PendingOpen[MAX_PENDING];
    private final int[] flags = new int[MAX_PENDING];
    private final PortChooser ports;
    private final TcpCheck tcp;
    private final int[] kept = new int[MAX_PENDING];
    private final boolean[] forward = new boolean[MAX_PENDING];
    private long nowNs;
    private int portId;
    private int layer;
    private int pending;
    private boolean overflow;
    private boolean asked;
    private boolean connected;
    private boolean refused;
    private boolean settled;
    private DropReason refusal;
    private int found;
    private int ended;
    private boolean fromOpener;
    private boolean related;
    private HeaderFields fields;
    private Direction direction;

    public ConnectionTracker(final ConnectionTable table) {
        this.table = table;
        this.events = table.events();
        this.tcp = new TcpCheck(table, table.windows());
        this.ports = new PortChooser(table);
        Arrays.setAll(opens, i -> new PendingOpen());
    }

    /**
     * @param elsewhere events of the table that another worker keeps.
     */
    public ConnectionTracker(final ConnectionEvents elsewhere) {
        this.table = null;
        this.events = elsewhere;
        this.tcp = new TcpCheck(null, elsewhere.windows());
        this.ports = null;
    }

    /** True when the decision asked for connections and only another worker has them. */
    public boolean isElsewhere() {
        return asked && table == null;
    }

    /** A new decision begins. */
    public void begin(final long now) {
        nowNs = now;
        pending = 0;
        overflow = false;
        asked = false;
        connected = false;
        refused = false;
        settled = true;
        tcp.begin();
        ended = ConnectionTable.NONE;
    }

    /** Takes what the packet to be decided says of its stream, if it is TCP. */
    public void segment(final PacketBatch batch, final int slot) {
        tcp.read(batch, slot);
    }

    /** Layers of this port are walked next. */
    public void port(final int id) {
        portId = id;
    }

    /** What is noted so far, for {@link #backTo}. */
    public int mark() {
        return pending;
    }

    /** Forgets what was noted after the mark. */
    public void backTo(final int mark) {
        pending = Math.min(pending, mark);
    }

    @Override
    public int find(final int number, final Direction way, final HeaderFields packet) {
        asked = true;
        related = false;
        if (table == null) {
            fields = packet;
            found = ConnectionTable.NONE;
            return NONE;
        }
        settled &= packet.quoted == null && !ConnectionState.isDecisive(packet.tcpFlags);
        if (packet.quoted != null) {
            return findQuoted(number, way, packet);
        }
        if (!ConnectionKey.isTracked(packet)) {
            found = ConnectionTable.NONE;
            return NONE;
        }
        layer = number;
        fields = packet;
        direction = way;
        ConnectionKey.fill(key, portId, layer, way, packet);
        found = table.find(key, way, nowNs);
        if (found < 0) {
            return found == ConnectionTable.NONE && opens() ? NEW : NONE;
        }
        fromOpener = table.openerDirection(found) == way;
        tcp.found(found, fromOpener);
        if (fromOpener) {
            return FORWARD;
        }
        return packet.protocol == IpProtocol.TCP && opens() ? reverseSyn() : REVERSE;
    }

    /** What is quoted went the other way: so its key is that of a packet that goes this one. */
    private int findQuoted(final int layer, final Direction way, final HeaderFields packet) {
        found = ConnectionTable.NONE;
        if (ConnectionKey.isTracked(packet.quoted)) {
            packet.quoted.outerVlan = packet.outerVlan;
            packet.quoted.innerVlan = packet.innerVlan;
            ConnectionKey.fill(key, portId, layer, way.opposite(), packet.quoted);
            found = table.find(key, way, nowNs);
        }
        related = found >= 0;
        fields = packet;
        fromOpener = related && table.openerDirection(found) == way;
        return related ? fromOpener ? FORWARD : REVERSE : NONE;
    }

    @Override
    public boolean isRelated() {
        return related;
    }

    @Override
    public boolean opens() {
        return opens(fields);
    }

    @Override
    public boolean begins() {
        return found >= 0
                && !related
                && fields.protocol == IpProtocol.TCP
                && opens()
                && table.state(found).isOver()
                && !tcp.isStale(found, fromOpener, fields.tcpFlags);
    }

    @Override
    public boolean isTranslated() {
        return found >= 0 && table.isTranslated(found);
    }

    private static boolean opens(final HeaderFields packet) {
        if (packet.protocol == IpProtocol.TCP) {
            return ConnectionState.opens(packet.tcpFlags);
        }
        return packet.protocol == IpProtocol.UDP || ConnectionKey.isEchoRequest(packet);
    }

    /** A SYN is a reply in a simultaneous open only; after the end it asks for a new connection. */
    private int reverseSyn() {
        final ConnectionState state = table.state(found);
        if (state == ConnectionState.SYN_SENT) {
            return REVERSE;
        }
        return state.isOver() ? NEW : NONE;
    }

    @Override
    public HeaderFields opener() {
        table.reader().loadOpener(found, opener);
        return opener;
    }

    @Override
    public void keep() {
        if (!related) {
            note(found);
        }
    }

    @Override
    public void open() {
        final int i = note(OPEN);
        if (i >= 0) {
            opens[i].begin(key, direction, fields);
        }
    }

    @Override
    public DropReason open(final Translation translation) {
        before.copyFrom(fields);
        ports.begin(portId, layer, direction, found, nowNs);
        final DropReason reason = translation.choose(fields, ports);
        if (reason != null) {
            fields.copyFrom(before);
            refused = true;
            return reason;
        }
        final int i = note(OPEN);
        if (i >= 0) {
            opens[i].begin(key, direction, before);
            opens[i].translated(translation, portId, layer, fields, ports.isTaken());
        }
        return null;
    }

    @Override
    public boolean keep(final Translation translation) {
        if (fromOpener && !related) {
            before.copyFrom(fields);
        } else {
            table.reader().loadOpener(found, before);
        }
        after.copyFrom(before);
        table.reader().loadTranslated(found, after);
        if (!translation.restore(before, after)) {
            return false;
        }
        if (related) {
            Reversal.applyToError(before, after, fromOpener, fields);
            return true;
        }
        if (fromOpener) {
            fields.copyFrom(after);
        } else {
            Reversal.apply(before, after, fields);
        }
        note(found);
        return true;
    }

    @Override
    public void end() {
        ended = related ? ConnectionTable.NONE : found;
    }

    /** Does what was noted, when the packet was dropped. */
    public void commitDrop() {
        if (ended >= 0 && fields.protocol == IpProtocol.TCP) {
            table.touch(ended, fromOpener, TcpHeader.RST, nowNs);
        }
    }

    /** Index of the note, or -1 when there is no room for it. */
    private int note(final int entry) {
        if (pending == MAX_PENDING) {
            overflow = true;
            return -1;
        }
        final int i = pending++;
        kept[i] = entry;
        forward[i] = fromOpener;
        flags[i] = fields.tcpFlags;
        if (entry != OPEN && tcp.isStale(entry, fromOpener, fields.tcpFlags)) {
            flags[i] &= ~TcpHeader.SYN;
        }
        return i;
    }

    /**
     * Does what was noted.
     *
     * @return false when the packet is to be dropped after all, see {@link #refusal}.
     */
    public boolean commit() {
        if (tcp.isOutside()) {
            refusal = DropReason.TCP_OUT_OF_WINDOW;
            settled = false;
            pending = 0;
            return false;
        }
        refusal = overflow ? DropReason.CONNECTIONS_FULL : null;
        keepAll();
        openAll();
        connected |= pending > 0;
        settled &= refusal == null;
        pending = 0;
        return refusal == null;
    }

    private void keepAll() {
        for (int i = 0; i < pending; i++) {
            // one may have given way to another that begins anew
            if (kept[i] != OPEN && table.isLive(kept[i])) {
                tcp.follow(kept[i], forward[i], flags[i]);
                if (!table.touch(kept[i], forward[i], flags[i], nowNs)) {
                    refusal = DropReason.CONNECTION_LIMIT;
                }
                settled &= table.state(kept[i]).isSettled();
            }
        }
    }

    private void openAll() {
        for (int i = 0; i < pending && refusal == null; i++) {
            if (kept[i] == OPEN) {
                final int entry = table.open(opens[i], nowNs);
                if (entry < 0) {
                    refusal = PendingOpen.refusal(entry);
                    return;
                }
                tcp.follow(entry, true, flags[i]);
                settled &= table.state(entry).isSettled();
                if (opens[i].isTranslated()) {
                    tellOpened(entry, opens[i].translation);
                }
            }
        }
    }

    /** Why the packet is dropped that {@link #commit} was false for. */
    public DropReason refusal() {
        return refusal;
    }

    /** The connection that is to hear of all segments of the flow, or 0. */
    public long link() {
        return tcp.link();
    }

    /**
     * False when a packet of a flow is out of the window of the connection that {@code of} names.
     */
    public boolean passes(final long of, final PacketBatch batch, final int slot) {
        return tcp.passes(of, batch, slot);
    }

    private void tellOpened(final int entry, final Translation translation) {
        table.reader().loadOpener(entry, after);
        table.reader().loadTranslated(entry, after);
        translation.opened(after);
    }

    /** For how long the decision holds. */
    public int holds() {
        if (!asked) {
            return Holding.ALWAYS;
        }
        if (!settled) {
            return Holding.never(nowNs);
        }
        if (refused) {
            return Holding.shortly(nowNs);
        }
        return connected ? Holding.ofConnections(nowNs) : Holding.untilNext(events);
    }

    /** True while a decision that said it {@code holds} does so for a packet. */
    public boolean isHolding(final int holds, final int tcpFlags, final long now) {
        return !ConnectionState.isDecisive(tcpFlags) && Holding.isHolding(holds, events, now);
    }
}

package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketParser;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.policy.Parking;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.RuleRef;

/**
 * The packets of one worker whose destination a mapping space doesn't know: the space's controller
 * hears of them, and where the space says so they are kept until the next change, which may bring
 * the mapping, or until their time is over. Owned by the worker; nothing is allocated after
 * construction.
 *
 * <p>Parked packets lie in the slabs they came in. Only small ones are parked: a super-frame takes
 * a slab of which there are few.
 */
final class Misses {
    private static final long TICK_NS = 1_000_000;
    private static final int BATCHES = Parking.MAX_PACKETS / PacketBatch.CAPACITY;
    private static final int CAPACITY = BATCHES * PacketBatch.CAPACITY;

    private final PacketBatch burst;
    private final Drops drops;
    private Lot parked;
    private Lot spare;

    /** For which the parked packets were decided. */
    private SwitchSnapshot snapshot = SwitchSnapshot.EMPTY;

    private long checkedNs;

    /** When the packets of the burst, which were parked before, are given up; else 0. */
    private final long[] untilNs = new long[PacketBatch.CAPACITY];

    /** Parked packets in the order they came. */
    private static final class Lot {
        private final PacketBatch[] batches = new PacketBatch[BATCHES];
        private final WorkerPort[] from = new WorkerPort[CAPACITY];
        private final String[] spaces = new String[CAPACITY];
        private final long[] untilNs = new long[CAPACITY];
        private int count;

        Lot(final PacketPool pool) {
            for (int i = 0; i < BATCHES; i++) {
                batches[i] = new PacketBatch(pool);
            }
        }

        PacketBatch batch(final int index) {
            return batches[index / PacketBatch.CAPACITY];
        }

        /** Takes over the reference on the slab. */
        void add(
                final PacketBatch other,
                final int slot,
                final WorkerPort port,
                final String space,
                final long deadlineNs) {
            batch(count).take(other, slot);
            from[count] = port;
            spaces[count] = space;
            untilNs[count++] = deadlineNs;
        }

        int of(final String space) {
            int found = 0;
            for (int i = 0; i < count; i++) {
                found += spaces[i].equals(space) ? 1 : 0;
            }
            return found;
        }

        /** Forgets all; their slabs have other holders. */
        void clear() {
            for (int i = 0; i < count; i++) {
                from[i] = null;
                spaces[i] = null;
            }
            for (final PacketBatch batch : batches) {
                batch.clear();
            }
            count = 0;
        }
    }

    Misses(final PacketBatch burst, final Drops drops) {
        this.burst = burst;
        this.drops = drops;
        this.parked = new Lot(burst.pool());
        this.spare = new Lot(burst.pool());
    }

    /** Packets that are kept. */
    int size() {
        return parked.count;
    }

    /**
     * A packet of the burst that was decided: when it missed a mapping, this is told, and it is
     * parked if there is room.
     *
     * @return true when it is parked; else it is to be dropped as decided.
     */
    boolean park(
            final PolicyDecision decision,
            final WorkerPort from,
            final PacketBatch batch,
            final int slot,
            final long nowNs) {
        final Parking parking = decision.missed();
        if (parking == null) {
            return false;
        }
        final long deadline =
                untilNs[slot] != 0 ? untilNs[slot] : nowNs + parking.timeoutMs() * 1_000_000L;
        if (untilNs[slot] == 0) {
            final int last = decision.matchedCount() - 1;
            final RuleRef rule = last < 0 ? null : decision.matched(last);
            drops.missed(rule, batch, slot);
        }
        if (parking.packets() == 0
                || parked.count == CAPACITY
                || (batch.parseFlags(slot) & Fragments.KINDS) != 0
                || batch.gsoType(slot) != Offload.GSO_NONE
                || batch.length(slot) > PacketPool.SMALL_CAPACITY
                || parked.of(parking.space()) >= parking.packets()) {
            return false;
        }
        batch.pool().retain(batch.slab(slot));
        parked.add(batch, slot, from, parking.space(), deadline);
        return true;
    }

    /** Decides the parked packets anew after a change, and gives up those whose time is over. */
    void run(final long nowNs, final SwitchSnapshot current, final Pipeline pipeline) {
        final boolean changed = current != snapshot;
        snapshot = current;
        if (parked.count > 0 && (changed || nowNs - checkedNs >= TICK_NS)) {
            checkedNs = nowNs;
            goThrough(nowNs, changed ? pipeline : null);
        }
    }

    /**
     * @param pipeline decides what isn't given up; null: it stays parked.
     */
    private void goThrough(final long nowNs, final Pipeline pipeline) {
        final Lot lot = parked;
        parked = spare;
        spare = lot;
        for (int i = 0; i < lot.count; i++) {
            final PacketBatch batch = lot.batch(i);
            final int slot = i % PacketBatch.CAPACITY;
            if (nowNs - lot.untilNs[i] >= 0) {
                giveUp(lot.from[i], batch, slot, nowNs);
            } else if (pipeline != null) {
                decideAnew(lot, i, nowNs, pipeline);
            } else {
                parked.add(batch, slot, lot.from[i], lot.spaces[i], lot.untilNs[i]);
            }
        }
        lot.clear();
    }

    private void giveUp(
            final WorkerPort from, final PacketBatch batch, final int slot, final long nowNs) {
        drops.burstFrom(from, nowNs);
        drops.drop(from, DropReason.NO_MAPPING, null, batch, slot);
        batch.pool().release(batch.slab(slot));
    }

    private void decideAnew(
            final Lot lot, final int index, final long nowNs, final Pipeline pipeline) {
        final WorkerPort from = lot.from[index];
        burst.take(lot.batch(index), index % PacketBatch.CAPACITY);
        untilNs[0] = lot.untilNs[index];
        pipeline.begin(from, nowNs);
        try {
            final DropReason reason =
                    from.state.enabled()
                            ? PacketParser.parse(burst, 0, from.id)
                            : DropReason.PORT_DISABLED;
            if (reason != null) {
                drops.drop(from, reason, null, burst, 0);
                return;
            }
            burst.keys()[2] &= snapshot.keyMask();
            pipeline.forwardParsed();
        } finally {
            untilNs[0] = 0;
            burst.releaseAll();
            pipeline.countReceived(0, 0);
        }
    }

    /** A port goes, and with it what came from it. */
    void forget(final WorkerPort port, final long nowNs) {
        for (int i = 0; i < parked.count; i++) {
            if (parked.from[i] == port) {
                parked.untilNs[i] = nowNs;
            }
        }
        if (parked.count > 0) {
            goThrough(nowNs, null);
        }
    }
}

package io.vswitch.core.engine;

import io.vswitch.core.fragment.FragmentTable;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import java.util.Arrays;

/**
 * Copies of fragments that came before the first of their datagram: bounded, chained by datagram;
 * owned by one worker. Those whose first fragment came stand in a queue of their own until they go
 * on. Nothing is allocated after construction.
 */
final class HeldFragments {
    static final int NONE = -1;

    private static final int MOST = 256;

    /** One of so many slabs of each class may be held. */
    private static final int SHARE = 8;

    private final PacketPool pool;
    private final int mostSmall;
    private final int mostLarge;
    private final int[] slab = new int[MOST];
    private final int[] offset = new int[MOST];
    private final int[] length = new int[MOST];
    private final int[] remote = new int[MOST];
    private final int[] next = new int[MOST];
    private final int[] transport = new int[MOST];
    private final int[] ports = new int[MOST];
    private final WorkerPort[] from = new WorkerPort[MOST];
    private final int[] ofDatagram = new int[FragmentTable.CAPACITY];
    private int freeHead;
    private int readyHead = NONE;
    private int small;
    private int large;

    HeldFragments(final PacketPool pool) {
        this.pool = pool;
        mostSmall = Math.min(MOST, pool.freeSmall() / SHARE);
        mostLarge = pool.freeLarge() / SHARE;
        for (int i = 0; i < MOST; i++) {
            next[i] = i + 1 == MOST ? NONE : i + 1;
        }
        Arrays.fill(ofDatagram, NONE);
    }

    /** Fragments held. */
    int size() {
        return small + large;
    }

    /** Keeps a copy of a fragment of a datagram; false when there is no room. */
    boolean hold(
            final int datagram, final WorkerPort port, final PacketBatch batch, final int slot) {
        final int bytes = batch.length(slot);
        final boolean isLarge = bytes > PacketPool.SMALL_CAPACITY;
        if (freeHead == NONE || (isLarge ? large >= mostLarge : small >= mostSmall)) {
            return false;
        }
        final int copy = isLarge ? pool.allocateLarge() : pool.allocateSmall();
        if (copy == PacketPool.NONE) {
            return false;
        }
        final int held = freeHead;
        freeHead = next[held];
        slab[held] = copy;
        offset[held] = pool.frameOffset(copy);
        length[held] = bytes;
        remote[held] = batch.remote(slot);
        from[held] = port;
        pool.buffer().putBytes(offset[held], batch.buffer(), batch.offset(slot), bytes);
        next[held] = ofDatagram[datagram];
        ofDatagram[datagram] = held;
        count(held, 1);
        return true;
    }

    /** The first fragment of a datagram came: those held go on, with what it says. */
    void release(final int datagram, final int bits, final int portsOfIt) {
        int held = ofDatagram[datagram];
        ofDatagram[datagram] = NONE;
        while (held != NONE) {
            final int after = next[held];
            transport[held] = bits;
            ports[held] = portsOfIt;
            next[held] = readyHead;
            readyHead = held;
            held = after;
        }
    }

    boolean isReady() {
        return readyHead != NONE;
    }

    /** Bits for word 2 of the key of the fragment that {@link #takeReady} is to give next. */
    int readyTransport() {
        return transport[readyHead];
    }

    /** Upper half of word 3 of the same. */
    int readyPorts() {
        return ports[readyHead];
    }

    /** Moves the next fragment that goes on into a batch. */
    void takeReady(final PacketBatch batch) {
        final int held = readyHead;
        readyHead = next[held];
        moveTo(batch, held);
    }

    /** The port of the next fragment held of a datagram, or null when there is none. */
    WorkerPort portOf(final int datagram) {
        return ofDatagram[datagram] == NONE ? null : from[ofDatagram[datagram]];
    }

    /** Moves the next fragment held of a datagram into a batch, to be dropped. */
    void take(final int datagram, final PacketBatch batch) {
        final int held = ofDatagram[datagram];
        ofDatagram[datagram] = next[held];
        moveTo(batch, held);
    }

    private void moveTo(final PacketBatch batch, final int held) {
        final int slot = batch.append(slab[held], offset[held], length[held]);
        batch.remote(slot, remote[held]);
        count(held, -1);
        from[held] = null;
        next[held] = freeHead;
        freeHead = held;
    }

    private void count(final int held, final int by) {
        if (length[held] > PacketPool.SMALL_CAPACITY) {
            large += by;
        } else {
            small += by;
        }
    }
}

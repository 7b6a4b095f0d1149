package io.vswitch.vxlan;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.PortQueue;

/**
 * A queue of a VTEP or one of its tunnels, owned by one worker: all of a worker share its socket,
 * and whoever reads it stages here what belongs to another.
 */
abstract class StagedQueue implements PortQueue {
    private final Inbound inbound;
    private PacketBatch staged;
    private int taken;
    private Runnable poll;

    StagedQueue(final Inbound inbound) {
        this.inbound = inbound;
    }

    Inbound inbound() {
        return inbound;
    }

    @Override
    public void attached(final PacketPool pool, final Runnable pollThis) {
        staged = new PacketBatch(pool);
        poll = pollThis;
    }

    @Override
    public void detached() {
        for (; taken < staged.count(); taken++) {
            staged.pool().release(staged.slab(taken));
        }
        taken = 0;
        staged = null;
        inbound.onDetached(this);
    }

    /** Whether the worker asks this queue. */
    boolean isAttached() {
        return staged != null;
    }

    /** Where another queue puts this one's frames, which the worker will now ask for. */
    PacketBatch stage() {
        poll.run();
        return staged;
    }

    /** Staged frames, oldest first; how many. */
    int takeStaged(final PacketBatch batch, final int limit) {
        int count = 0;
        while (count < limit && taken < staged.count()) {
            batch.take(staged, taken++);
            count++;
        }
        if (count > 0 && taken == staged.count()) {
            staged.clear();
            taken = 0;
        }
        return count;
    }

    @Override
    public int receive(final PacketBatch batch, final int limit) {
        inbound.onAsked(this);
        final int count = takeStaged(batch, limit);
        return count > 0 ? count : inbound.receive(this, batch, limit);
    }
}

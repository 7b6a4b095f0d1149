package io.vswitch.vxlan;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.DatagramQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The receiving half of a VTEP at one worker, owned by it: takes messages from the socket, checks
 * and strips the outer headers, and gives each inner frame to the tunnel of its VNI. Datagrams are
 * hostile.
 *
 * <p>One queue reads the socket, the {@link #lead}: the tunnel that was last given something, as
 * long as the worker asks it, else the VTEP. Others get their frames by {@link StagedQueue#stage}.
 * When one has no room the rest waits, in slabs that are held here, until it has.
 */
final class Inbound {
    private final Vtep vtep;
    private final DatagramQueue socket;
    private final int worker;
    private final long localHigh;
    private final long localLow;
    private final Coalescer coalescer;

    private PacketPool pool;
    private UnsafeBuffer buffer;
    private int messages;
    private int message;

    /** Bytes of the present message that are done. */
    private int position;

    private int remote;
    private boolean own;
    private StagedQueue lead;
    private boolean leadAsked;

    private StagedQueue asker;
    private PacketBatch batch;
    private int batchLimit;

    Inbound(final Vtep vtep, final DatagramQueue socket, final int worker) {
        this.vtep = vtep;
        this.socket = socket;
        this.worker = worker;
        this.coalescer = new Coalescer(vtep.underlay().hasUdpSegmentation());
        this.localHigh = Remotes.high(vtep.local());
        this.localLow = Remotes.low(vtep.local());
    }

    DatagramQueue socket() {
        return socket;
    }

    private StagedQueue vtepQueue() {
        return vtep.vtepQueue(worker);
    }

    /** The worker asks this queue. */
    void onAsked(final StagedQueue queue) {
        leadAsked |= queue == lead;
    }

    /** Frames for the queue that asks, when it is the one that reads the socket. */
    int receive(final StagedQueue queue, final PacketBatch into, final int limit) {
        if (queue != lead) {
            if (lead != null && leadAsked || queue != vtepQueue()) {
                leadAsked = false;
                return 0;
            }
            lead = queue;
        }
        leadAsked = true;
        final int before = into.count();
        asker = queue;
        batch = into;
        batchLimit = before + limit;
        pool = into.pool();
        buffer = into.buffer();
        if (message == messages) {
            message = 0;
            messages = socket.receive(pool);
        }
        boolean goesOn = true;
        while (goesOn && message < messages) {
            goesOn = takeMessage();
        }
        coalescer.end();
        return into.count() - before;
    }

    /** False when a queue has no room, or the pool no slab. */
    private boolean takeMessage() {
        final int slab = socket.slab(message);
        final int start = socket.offset(message, pool);
        final int length = socket.length(message);
        final int segment = socket.segmentBytes(message);
        if (position == 0) {
            onSender(socket.sourceHigh(message), socket.sourceLow(message));
        }
        do {
            final int size = Math.min(segment, length - position);
            if (!takeDatagram(slab, start + position, start + position + size)) {
                return false;
            }
            position += size;
        } while (position < length);
        pool.release(slab);
        message++;
        position = 0;
        return true;
    }

    private void onSender(final long high, final long low) {
        remote = vtep.remotes().find(high, low);
        own = high == localHigh && low == localLow;
    }

    private boolean takeDatagram(final int slab, final int at, final int end) {
        if (!VxlanHeader.isValid(buffer, at, end)) {
            return refuse(vtepQueue(), slab, at, end, DropReason.MALFORMED_VXLAN);
        }
        if (!VxlanHeader.isPlain(buffer, at)) {
            return refuse(vtepQueue(), slab, at, end, DropReason.VXLAN_RESERVED_BITS);
        }
        if (own) {
            return refuse(vtepQueue(), slab, at, end, DropReason.TUNNEL_LOOP);
        }
        final TunnelPort tunnel = vtep.tunnels().find(VxlanHeader.vni(buffer, at));
        if (tunnel == null || !tunnel.tunnelQueue(worker).isAttached()) {
            return refuse(vtepQueue(), slab, at, end, DropReason.VNI_UNKNOWN);
        }
        final TunnelQueue queue = tunnel.tunnelQueue(worker);
        final int frame = at + VxlanHeader.LENGTH;
        if (!isAllowed(tunnel.peers())) {
            return refuse(queue, slab, frame, end, DropReason.PEER_NOT_ALLOWED);
        }
        final int mark = socket.trafficClass(message) & Ecn.MASK;
        if (mark != 0 && !Ecn.combine(buffer, frame, end, mark)) {
            return refuse(queue, slab, frame, end, DropReason.TUNNEL_CONGESTION);
        }
        return deliver(queue, slab, frame, end);
    }

    private boolean isAllowed(final PeerSet peers) {
        if (remote == Remotes.NONE && peers.fromAnyone) {
            remote = vtep.remotes().learn(socket.sourceHigh(message), socket.sourceLow(message));
        }
        return remote != Remotes.NONE && peers.allows(remote);
    }

    private boolean refuse(
            final StagedQueue queue,
            final int slab,
            final int at,
            final int end,
            final DropReason reason) {
        final PacketBatch into = batchOf(queue);
        final int slot = into == null ? -1 : place(into, slab, at, end, false);
        if (slot >= 0) {
            into.refuse(slot, reason);
        }
        return slot >= 0;
    }

    private boolean deliver(
            final TunnelQueue queue, final int slab, final int frame, final int end) {
        if (socket.isUnfinished(message)) {
            return deliverUnfinished(queue, slab, frame, end);
        }
        final int mtu = queue.mtu();
        final boolean candidate = coalescer.look(buffer, frame, end, mtu);
        if (candidate && coalescer.merge(queue, remote)) {
            return true;
        }
        final PacketBatch into = batchOf(queue);
        final int slot = into == null ? -1 : place(into, slab, frame, end, candidate);
        if (slot < 0) {
            return false;
        }
        into.remote(slot, remote);
        coalescer.mark(into, slot, mtu);
        if (candidate) {
            coalescer.begin(queue, remote, into, slot);
        }
        leadBy(queue);
        return true;
    }

    /** A super-frame as it came. */
    private boolean deliverUnfinished(
            final TunnelQueue queue, final int slab, final int frame, final int end) {
        final PacketBatch into = batchOf(queue);
        final int slot = into == null ? -1 : place(into, slab, frame, end, false);
        if (slot < 0) {
            return false;
        }
        coalescer.end(); // what comes later of its flow must not join what came before
        into.remote(slot, remote);
        socket.offload(message, into, slot);
        leadBy(queue);
        return true;
    }

    private void leadBy(final TunnelQueue queue) {
        if (queue != lead && lead == vtepQueue()) {
            lead = queue;
            leadAsked = true;
        }
    }

    /** Where a queue's frames go, or null when it has no room. */
    private PacketBatch batchOf(final StagedQueue queue) {
        if (queue == asker) {
            return batch.count() < batchLimit ? batch : null;
        }
        final PacketBatch into = queue.stage();
        return into.isFull() ? null : into;
    }

    /**
     * A frame becomes a slot: the first of its slab as it lies there, others as copies, because
     * what is written before a frame must not hit another.
     *
     * @param grows whether segments may be added to it.
     * @return the slot, or -1 when there is no slab.
     */
    private int place(
            final PacketBatch into,
            final int slab,
            final int at,
            final int end,
            final boolean grows) {
        final int length = end - at;
        if (position == 0) {
            pool.retain(slab);
            return into.append(slab, at, length);
        }
        int copy = grows ? pool.allocateLarge() : PacketPool.NONE;
        if (copy == PacketPool.NONE) {
            copy = pool.allocate(length);
        }
        if (copy == PacketPool.NONE) {
            return -1;
        }
        final int to = pool.frameOffset(copy);
        buffer.putBytes(to, buffer, at, length);
        return into.append(copy, to, length);
    }

    /** Gives back what is held when the VTEP's own queue goes. */
    void onDetached(final StagedQueue queue) {
        if (lead == queue) {
            lead = null;
            leadAsked = false;
        }
        if (queue == vtepQueue()) {
            for (; message < messages; message++) {
                pool.release(socket.slab(message));
            }
            position = 0;
        }
    }
}

package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.ParseFlag;
import org.agrona.ErrorHandler;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.ControlledMessageHandler.Action;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.SpscArrayQueue;

/**
 * The packets that other workers hand over to the one that keeps connections: decides each by
 * itself, sends it, and offers the decision to the worker that the packet came from, so that those
 * that follow needn't come. Owned by the worker that keeps connections; others reach it by {@link
 * #frames} and {@link #giveBack}.
 *
 * <p>Packets handed over make no flows here: their flows are those of the worker they came from.
 */
final class HandedPackets {
    /** Decisions under way, or free. */
    static final int OFFERS = 1024;

    private final HandedFrames frames = new HandedFrames();
    private final MpscArrayQueue<FlowOffer> free = new MpscArrayQueue<>(OFFERS);
    private final SpscArrayQueue<FlowOffer>[] queues;
    private final FlowOffer[] made = new FlowOffer[PacketBatch.CAPACITY];
    private final int[] workers = new int[PacketBatch.CAPACITY];
    private final int[] numbers = new int[PacketBatch.CAPACITY];
    private final ControlledMessageHandler handler = this::onFrame;
    private final Pipeline pipeline;
    private final PacketBatch batch;
    private final Decision decision;
    private final Drops drops;
    private final ErrorHandler errors;
    private SwitchSnapshot snapshot = SwitchSnapshot.EMPTY;
    private WorkerPort[] ports = {};
    private WorkerPort from;
    private long nowNs;
    private int madeCount;

    @SuppressWarnings({"unchecked", "rawtypes"})
    HandedPackets(
            final int workerCount,
            final Pipeline pipeline,
            final PacketBatch batch,
            final Decision decision,
            final Drops drops,
            final ErrorHandler errors) {
        this.pipeline = pipeline;
        this.batch = batch;
        this.decision = decision;
        this.drops = drops;
        this.errors = errors;
        this.queues = new SpscArrayQueue[workerCount];
        for (int i = 0; i < OFFERS; i++) {
            free.offer(new FlowOffer());
        }
    }

    /** Where decisions for a worker go; before workers start. */
    void offersTo(final int worker, final SpscArrayQueue<FlowOffer> queue) {
        queues[worker] = queue;
    }

    /** The ring to write to; any worker. */
    HandedFrames frames() {
        return frames;
    }

    /** An offer was taken; any worker. There is always room. */
    void giveBack(final FlowOffer offer) {
        offer.clear();
        free.offer(offer);
    }

    void onSnapshot(final SwitchSnapshot next, final WorkerPort[] workerPorts) {
        snapshot = next;
        ports = workerPorts;
    }

    /** Takes a burst in; returns the frames handled. */
    int poll(final long now) {
        nowNs = now;
        final int count = frames.read(handler, PacketBatch.CAPACITY);
        process();
        return count;
    }

    /** A frame of a snapshot yet to be taken, or that no slab is free for, stays in the ring. */
    private Action onFrame(
            final int type, final MutableDirectBuffer message, final int at, final int length) {
        if (HandedFrames.generation(message, at) > snapshot.generation()) {
            return Action.ABORT;
        }
        final WorkerPort port = port(message, at);
        if (port == null) {
            return Action.CONTINUE;
        }
        if (port != from || batch.isFull()) {
            process();
        }
        final int slab = batch.pool().allocate(HandedFrames.frameLength(length));
        if (slab == PacketPool.NONE) {
            return Action.ABORT;
        }
        from = port;
        final int slot = HandedFrames.append(message, at, length, batch, slab);
        workers[slot] = HandedFrames.worker(message, at);
        numbers[slot] = HandedFrames.number(message, at);
        return Action.CONTINUE;
    }

    /** Null when the port has gone: like what its queue held, the frame was never received. */
    private WorkerPort port(final MutableDirectBuffer message, final int at) {
        final int id = HandedFrames.port(message, at);
        final WorkerPort port = id < ports.length ? ports[id] : null;
        return port == null || HandedFrames.generation(message, at) < port.since ? null : port;
    }

    private void process() {
        if (batch.count() == 0) {
            return;
        }
        pipeline.begin(from, nowNs);
        try {
            for (int slot = 0; slot < batch.count(); slot++) {
                from.counters.received(1, batch.length(slot));
                forwardSafely(slot);
            }
            pipeline.flush();
        } finally {
            batch.releaseAll();
        }
        // only now, when what they were made for has left
        for (int i = 0; i < madeCount; i++) {
            queues[made[i].worker].offer(made[i]);
            made[i] = null;
        }
        madeCount = 0;
    }

    private void forwardSafely(final int slot) {
        try {
            final boolean goesOn = pipeline.decideUncached(slot);
            if (goesOn && decision.egress() == Decision.FLOOD) {
                pipeline.flood(slot);
            } else {
                final boolean rewrites = pipeline.conclude(goesOn);
                if (decision.isHolding(ParseFlag.tcpFlags(batch.parseFlags(slot)), nowNs)) {
                    offer(slot, rewrites);
                }
                pipeline.forwardUncached(slot, rewrites);
            }
        } catch (final Throwable e) {
            drops.drop(from, DropReason.INTERNAL_ERROR, null, batch, slot);
            errors.onError(e);
        }
    }

    /** Without a free one the next packet of the flow is handed over as well. */
    private void offer(final int slot, final boolean rewrites) {
        if (decision.isWayUnknown()) {
            return;
        }
        final FlowOffer offer = free.relaxedPoll();
        if (offer == null) {
            return;
        }
        made[madeCount++] = offer;
        System.arraycopy(batch.keys(), slot * FlowKey.WORDS, offer.key, 0, FlowKey.WORDS);
        offer.worker = workers[slot];
        offer.number = numbers[slot];
        offer.generation = snapshot.generation();
        offer.decided(decision, rewrites);
    }
}

package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.fragment.FragmentReader;
import io.vswitch.core.fragment.FragmentTable;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketParser;
import io.vswitch.core.packet.ParseFlag;
import java.util.SplittableRandom;

/**
 * Has the fragments of a datagram treated alike: later ones take the transport fields of the first
 * into their flow keys, so they are of its flow, with its verdict, header change and connection.
 * Those that come before the first are held until it comes. Owned by one worker.
 */
final class Fragments implements AutoCloseable {
    /** Parse flags of what {@link #admit} is asked about. */
    static final int KINDS = ParseFlag.FIRST_FRAGMENT | ParseFlag.LATER_FRAGMENT;

    private static final int TRANSPORT_BITS = 0xffff_0000;
    private static final long SWEEP_NS = 50_000_000L;

    private final PacketBatch batch;
    private final Drops drops;
    private final FragmentReader fragment = new FragmentReader();
    private final FragmentTable datagrams;
    private final HeldFragments held;
    private final PacketBatch grave;
    private final int[] transport = new int[PacketBatch.CAPACITY];
    private final int[] ports = new int[PacketBatch.CAPACITY];
    private long sweptNs;

    Fragments(final PacketBatch batch, final Drops drops) {
        this.batch = batch;
        this.drops = drops;
        this.datagrams = new FragmentTable(new SplittableRandom().nextLong());
        this.held = new HeldFragments(batch.pool());
        this.grave = new PacketBatch(batch.pool());
    }

    @Override
    public void close() {
        datagrams.close();
    }

    void ensurePorts(final int limit) {
        datagrams.ensurePorts(limit);
    }

    /** Frames received that are neither sent nor dropped yet. */
    int size() {
        return held.size();
    }

    /**
     * Sees a parsed fragment of the burst.
     *
     * @return false when it doesn't go on now: it was dropped and counted, or is held.
     */
    boolean admit(final WorkerPort from, final int slot, final long nowNs) {
        fragment.read(batch, slot);
        final boolean first = (batch.parseFlags(slot) & ParseFlag.FIRST_FRAGMENT) != 0;
        final int datagram = datagram(first, nowNs);
        if (!isNew(datagram, nowNs)) {
            drops.drop(from, DropReason.FRAGMENT_OVERLAP, null, batch, slot);
            return false;
        }
        if (first) {
            takeFirst(datagram, slot, nowNs);
        } else if (datagrams.hasFirst(datagram)) {
            follow(slot, datagrams.transport(datagram), datagrams.transportPorts(datagram));
        } else {
            if (!held.hold(datagram, from, batch, slot)) {
                drops.drop(from, DropReason.FRAGMENT_WITHOUT_FIRST, null, batch, slot);
            }
            return false;
        }
        if (datagrams.isComplete(datagram)) {
            finish(datagram, nowNs);
        }
        return true;
    }

    private int datagram(final boolean first, final long nowNs) {
        final int known = datagrams.find(fragment);
        if (known != FragmentTable.NONE && !datagrams.isOver(known, first, nowNs)) {
            return known;
        }
        forget(known);
        forget(datagrams.victim(fragment.portId()));
        return datagrams.open(fragment, nowNs);
    }

    /** False when the fragment, or all of its datagram, is to be dropped. */
    private boolean isNew(final int datagram, final long nowNs) {
        if (datagrams.isPoisoned(datagram)) {
            return false;
        }
        final int added = datagrams.add(datagram, fragment);
        if (added == FragmentTable.OVERLAPS) {
            datagrams.poison(datagram, nowNs);
            bury(datagram, DropReason.FRAGMENT_OVERLAP);
        }
        return added == FragmentTable.NEW;
    }

    private void takeFirst(final int datagram, final int slot, final long nowNs) {
        final long[] keys = batch.keys();
        final int bits = (int) keys[slot * FlowKey.WORDS + 2] & TRANSPORT_BITS;
        final int portsOfIt = (int) (keys[slot * FlowKey.WORDS + 3] >>> 32);
        datagrams.first(datagram, bits, portsOfIt, nowNs);
        held.release(datagram, bits, portsOfIt);
    }

    /** While some of it is still to be sent, no other of the same identification may begin. */
    private void finish(final int datagram, final long nowNs) {
        if (held.isReady()) {
            datagrams.endAfter(datagram, nowNs);
        } else {
            datagrams.remove(datagram);
        }
    }

    /** Makes a later fragment one of the first one's flow. */
    private void follow(final int slot, final int bits, final int portsOfIt) {
        final long[] keys = batch.keys();
        final int at = slot * FlowKey.WORDS;
        keys[at + 2] =
                keys[at + 2] & ~(TRANSPORT_BITS & 0xffff_ffffL | 3)
                        | bits & 0xffff_ffffL
                        | FlowKey.FRAGMENT_FIRST;
        keys[at + 3] = (long) portsOfIt << 32 | keys[at + 3] & 0xffff_ffffL;
        final int tcpFlags = bits >>> 16 & 0xff;
        batch.parsed(
                slot,
                batch.l3Offset(slot),
                0,
                batch.parseFlags(slot) | tcpFlags << ParseFlag.TCP_FLAGS_SHIFT);
    }

    /** True when fragments of this burst's port wait that may go on now. */
    boolean hasReady() {
        return held.isReady();
    }

    /** Fills the empty batch with fragments that may go on now. */
    void resume() {
        while (held.isReady() && !batch.isFull()) {
            transport[batch.count()] = held.readyTransport();
            ports[batch.count()] = held.readyPorts();
            held.takeReady(batch);
        }
    }

    /** Parses a slot that {@link #resume} filled, as one of its first fragment's flow. */
    void parse(final int slot, final int portId) {
        PacketParser.parse(batch, slot, portId);
        follow(slot, transport[slot], ports[slot]);
    }

    /** Gives up what waited too long; between bursts. */
    void expire(final long nowNs) {
        if (datagrams.size() == 0 || nowNs - sweptNs < SWEEP_NS) {
            return;
        }
        sweptNs = nowNs;
        for (int i = 0; i < datagrams.span(); i++) {
            if (datagrams.isUsed(i) && datagrams.isOver(i, false, nowNs)) {
                forget(i);
            }
        }
    }

    /** The port goes; between bursts. */
    void forgetPort(final int portId) {
        for (int i = 0; i < datagrams.span(); i++) {
            if (datagrams.isUsed(i) && datagrams.portId(i) == portId) {
                forget(i);
            }
        }
    }

    private void forget(final int datagram) {
        if (datagram != FragmentTable.NONE) {
            bury(datagram, DropReason.FRAGMENT_WITHOUT_FIRST);
            datagrams.remove(datagram);
        }
    }

    private void bury(final int datagram, final DropReason reason) {
        for (WorkerPort from = held.portOf(datagram); from != null; from = held.portOf(datagram)) {
            held.take(datagram, grave);
            drops.dropLate(from, reason, grave, 0);
            grave.releaseAll();
        }
    }
}

package io.vswitch.core.packet;

import io.vswitch.core.counters.DropReason;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Up to {@link #CAPACITY} packets of one burst, owned by one worker: each packet is a slot, its
 * frame sits in a slab of the pool, its metadata in primitive arrays here. Nothing is allocated
 * after construction.
 *
 * <p>All offsets are absolute in {@link #buffer()}, except {@link #checksumStart} and {@link
 * #headerLength}, which count from the frame's first byte as in virtio_net_hdr.
 */
public final class PacketBatch {
    /** Slots of a batch. */
    public static final int CAPACITY = 64;

    /** {@link #remote}: of no other switch; on the way into a tunnel: for all of the network's. */
    public static final int NO_REMOTE = 0;

    /** Largest number of another switch. */
    public static final int MAX_REMOTE = 0xffff;

    private final PacketPool pool;
    private final UnsafeBuffer buffer;
    private final int[] slab = new int[CAPACITY];
    private final int[] offset = new int[CAPACITY];
    private final int[] length = new int[CAPACITY];
    private final int[] l3Offset = new int[CAPACITY];
    private final int[] l4Offset = new int[CAPACITY];
    private final int[] parseFlags = new int[CAPACITY];
    private final int[] offloadFlags = new int[CAPACITY];
    private final int[] gsoType = new int[CAPACITY];
    private final int[] gsoSize = new int[CAPACITY];
    private final int[] headerLength = new int[CAPACITY];
    private final int[] checksumStart = new int[CAPACITY];
    private final int[] checksumOffset = new int[CAPACITY];
    private final int[] remote = new int[CAPACITY];
    private final DropReason[] refusal = new DropReason[CAPACITY];
    private final long[] keys = new long[CAPACITY * FlowKey.WORDS];
    private int count;

    public PacketBatch(final PacketPool pool) {
        this.pool = pool;
        this.buffer = pool.buffer();
    }

    public PacketPool pool() {
        return pool;
    }

    public UnsafeBuffer buffer() {
        return buffer;
    }

    public int count() {
        return count;
    }

    public boolean isFull() {
        return count == CAPACITY;
    }

    /** Forgets all slots; the caller has released or handed over their slabs. */
    public void clear() {
        count = 0;
    }

    /** Releases the batch's reference on the slab of every slot and forgets the slots. */
    public void releaseAll() {
        for (int i = 0; i < count; i++) {
            pool.release(slab[i]);
        }
        count = 0;
    }

    /**
     * Adds a packet, with no offload asked for; the batch takes over the caller's reference on the
     * slab.
     *
     * @param slabId slab of this batch's pool.
     * @param frameOffset absolute offset of the frame's first byte.
     * @param frameLength bytes of the frame.
     * @return the slot.
     */
    public int append(final int slabId, final int frameOffset, final int frameLength) {
        final int slot = count++;
        slab[slot] = slabId;
        offset[slot] = frameOffset;
        length[slot] = frameLength;
        offloadFlags[slot] = 0;
        gsoType[slot] = Offload.GSO_NONE;
        remote[slot] = NO_REMOTE;
        refusal[slot] = null;
        return slot;
    }

    /** Sets the offload request of a slot: the decoded fields of its virtio_net_hdr. */
    public void offload(
            final int slot,
            final int flags,
            final int type,
            final int segmentSize,
            final int headers,
            final int csumStart,
            final int csumOffset) {
        offloadFlags[slot] = flags;
        gsoType[slot] = type;
        gsoSize[slot] = segmentSize;
        headerLength[slot] = headers;
        checksumStart[slot] = csumStart;
        checksumOffset[slot] = csumOffset;
    }

    /** Copies the offload request of a slot of another batch. */
    public void offloadFrom(final int slot, final PacketBatch other, final int from) {
        offload(
                slot,
                other.offloadFlags[from],
                other.gsoType[from],
                other.gsoSize[from],
                other.headerLength[from],
                other.checksumStart[from],
                other.checksumOffset[from]);
    }

    /**
     * Moves the frame's start by {@code delta} bytes (negative: grows into the headroom) and adapts
     * the length.
     */
    public void moveStart(final int slot, final int delta) {
        offset[slot] += delta;
        length[slot] -= delta;
        checksumStart[slot] -= delta;
        headerLength[slot] -= delta;
    }

    public int slab(final int slot) {
        return slab[slot];
    }

    public int offset(final int slot) {
        return offset[slot];
    }

    public int length(final int slot) {
        return length[slot];
    }

    /** Bytes of all frames. */
    public long bytes() {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += length[i];
        }
        return bytes;
    }

    /** Cuts or grows the frame at its end. */
    public void length(final int slot, final int lengthBytes) {
        length[slot] = lengthBytes;
    }

    /** Absolute offset of the network header (ARP, IPv4, IPv6), set by the parser. */
    public int l3Offset(final int slot) {
        return l3Offset[slot];
    }

    /**
     * Absolute offset of the transport header, or 0 when there is none to look at; set by the
     * parser.
     */
    public int l4Offset(final int slot) {
        return l4Offset[slot];
    }

    /** {@link ParseFlag}s of the packet, set by the parser. */
    public int parseFlags(final int slot) {
        return parseFlags[slot];
    }

    /** Sets what the parser found. */
    public void parsed(final int slot, final int l3, final int l4, final int flags) {
        l3Offset[slot] = l3;
        l4Offset[slot] = l4;
        parseFlags[slot] = flags;
    }

    /** {@link Offload#NEEDS_CHECKSUM}, {@link Offload#CHECKSUM_VALID} or 0. */
    public int offloadFlags(final int slot) {
        return offloadFlags[slot];
    }

    /** A GSO type of {@link Offload}. */
    public int gsoType(final int slot) {
        return gsoType[slot];
    }

    /** Payload bytes per segment of a super-frame. */
    public int gsoSize(final int slot) {
        return gsoSize[slot];
    }

    /** Bytes of all headers before the payload, from the frame's start; a hint, may be 0. */
    public int headerLength(final int slot) {
        return headerLength[slot];
    }

    /**
     * Where the checksum begins, bytes from the frame's start; only with {@link
     * Offload#NEEDS_CHECKSUM}.
     */
    public int checksumStart(final int slot) {
        return checksumStart[slot];
    }

    /**
     * Where the checksum is stored, bytes after {@link #checksumStart}; only with {@link
     * Offload#NEEDS_CHECKSUM}.
     */
    public int checksumOffset(final int slot) {
        return checksumOffset[slot];
    }

    /**
     * Number of the tunnel endpoint that a packet came from or goes to, 1 to {@link #MAX_REMOTE},
     * or {@link #NO_REMOTE}.
     */
    public int remote(final int slot) {
        return remote[slot];
    }

    /** Sets the tunnel endpoint that a packet came from or goes to. */
    public void remote(final int slot, final int number) {
        remote[slot] = number;
    }

    /** Why the queue that received a packet refuses it, or null. */
    public DropReason refusal(final int slot) {
        return refusal[slot];
    }

    /** A queue hands over what the worker must drop, and count, for this reason. */
    public void refuse(final int slot, final DropReason reason) {
        refusal[slot] = reason;
    }

    /**
     * Appends a slot of another batch of the same pool, not yet parsed, with its reference on the
     * slab.
     */
    public void take(final PacketBatch other, final int from) {
        final int slot = append(other.slab[from], other.offset[from], other.length[from]);
        offloadFrom(slot, other, from);
        remote[slot] = other.remote[from];
        refusal[slot] = other.refusal[from];
    }

    /** The flow keys: {@link FlowKey#WORDS} words per slot, laid out as {@link FlowKey} says. */
    public long[] keys() {
        return keys;
    }
}

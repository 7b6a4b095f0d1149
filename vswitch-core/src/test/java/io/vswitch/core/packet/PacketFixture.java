package io.vswitch.core.packet;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.HeaderFields;
import java.util.Arrays;
import java.util.HexFormat;

/** A pool and a batch with one packet between canaries, for tests; one thread. */
public final class PacketFixture {
    /** Ingress port id of all packets. */
    public static final int PORT = 0x1234;

    private static final byte CANARY = (byte) 0xa5;

    private final PacketPool pool = new PacketPool(80, 2);
    private final PacketBatch batch = new PacketBatch(pool);
    private int slab = PacketPool.NONE;

    public PacketPool pool() {
        return pool;
    }

    public PacketBatch batch() {
        return batch;
    }

    /** Replaces the packet in slot 0; the whole slab around it is filled with canaries. */
    public PacketFixture load(final byte[] frame) {
        batch.releaseAll();
        slab = pool.allocate(frame.length);
        final int start = pool.frameOffset(slab);
        pool.buffer()
                .setMemory(
                        start - PacketPool.HEADROOM,
                        PacketPool.HEADROOM + pool.capacity(slab),
                        CANARY);
        pool.buffer().putBytes(start, frame);
        batch.append(slab, start, frame.length);
        return this;
    }

    public PacketFixture load(final String hex) {
        return load(HexFormat.of().parseHex(hex));
    }

    public DropReason parse() {
        return PacketParser.parse(batch, 0, PORT);
    }

    /**
     * Parses the packet as rewriting left it: a group address written as a destination is no reason
     * to drop it.
     */
    public DropReason reparse() {
        final DropReason reason = parse();
        return reason == DropReason.RESERVED_MULTICAST ? null : reason;
    }

    public DropReason parse(final byte[] frame) {
        return load(frame).parse();
    }

    /** The key of slot 0. */
    public long[] key() {
        return Arrays.copyOf(batch.keys(), FlowKey.WORDS);
    }

    public HeaderFields fields() {
        return new HeaderFields().load(batch.keys(), 0);
    }

    /** The bytes of slot 0. */
    public byte[] frame() {
        return frame(0);
    }

    public byte[] frame(final int slot) {
        final byte[] bytes = new byte[batch.length(slot)];
        batch.buffer().getBytes(batch.offset(slot), bytes);
        return bytes;
    }

    /**
     * True when every byte of the slab behind the frame, and more than 8 bytes before its first
     * start, is untouched.
     */
    public boolean areCanariesAlive() {
        final int start = pool.frameOffset(slab);
        final int end = batch.offset(0) + batch.length(0);
        boolean alive = true;
        for (int i = start - PacketPool.HEADROOM; i < start - 2 * VlanTag.LENGTH; i++) {
            alive &= pool.buffer().getByte(i) == CANARY;
        }
        for (int i = end; i < start + pool.capacity(slab); i++) {
            alive &= pool.buffer().getByte(i) == CANARY;
        }
        return alive;
    }
}

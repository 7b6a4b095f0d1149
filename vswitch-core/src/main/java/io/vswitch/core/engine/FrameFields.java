package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketParser;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.policy.HeaderFields;

/** Reads one frame by the parser of the packet path, away from it; stateless, any thread. */
public final class FrameFields {
    private FrameFields() {}

    /**
     * What rules see of a frame.
     *
     * @throws SwitchException for one that the parser drops, with its reason.
     */
    public static HeaderFields of(final byte[] frame) {
        if (frame.length > PacketPool.LARGE_CAPACITY) {
            throw new SwitchException(
                    "frame of "
                            + frame.length
                            + " bytes; allowed: up to "
                            + PacketPool.LARGE_CAPACITY);
        }
        final PacketBatch batch = new PacketBatch(new PacketPool(1, 1));
        final int slab = batch.pool().allocate(frame.length);
        batch.append(slab, batch.pool().frameOffset(slab), frame.length);
        batch.buffer().putBytes(batch.offset(0), frame);
        final DropReason drop = PacketParser.parse(batch, 0, 0);
        if (drop != null) {
            throw new SwitchException("no rule sees this packet: it is dropped, " + drop.text());
        }
        final HeaderFields fields = new HeaderFields().load(batch.keys(), 0);
        fields.tcpFlags = ParseFlag.tcpFlags(batch.parseFlags(0));
        return fields;
    }
}

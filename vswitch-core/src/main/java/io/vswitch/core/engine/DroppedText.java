package io.vswitch.core.engine;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketParser;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.HeaderText;
import io.vswitch.core.view.DroppedPacket;

/** Puts the headers of dropped packets into words; one thread, off the packet path. */
final class DroppedText {
    private final PacketBatch batch = new PacketBatch(new PacketPool(1, 1));
    private final int slab = batch.pool().allocate(PacketPool.LARGE_CAPACITY);
    private final HeaderFields fields = new HeaderFields();

    /** The packet with its text. */
    DroppedPacket describe(final DroppedPacket p) {
        return new DroppedPacket(
                p.ageMs(),
                p.ingress(),
                p.port(),
                p.reason(),
                p.rule(),
                text(p.frame(), p.lengthBytes()),
                p.frame(),
                p.lengthBytes(),
                p.worker());
    }

    /** Filled up with zeros to the length it had, so that the lengths in its headers hold. */
    private String text(final byte[] start, final int lengthBytes) {
        final int offset = batch.pool().frameOffset(slab);
        batch.clear();
        batch.append(slab, offset, lengthBytes);
        batch.buffer().putBytes(offset, start);
        batch.buffer().setMemory(offset + start.length, lengthBytes - start.length, (byte) 0);
        return PacketParser.parse(batch, 0, 0) == null
                ? HeaderText.of(fields.load(batch.keys(), 0))
                : "frame of " + lengthBytes + " bytes";
    }
}

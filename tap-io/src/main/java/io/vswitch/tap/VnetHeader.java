package io.vswitch.tap;

import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;

/**
 * The 10-byte virtio_net_hdr in front of frames of TAPs and packet sockets, in the host's byte order; used by the worker
 * that owns the queue. Source: {@code include/uapi/linux/virtio_net.h}.
 *
 * <pre>
 *   flags (8) | gso_type (8) | hdr_len (16) | gso_size (16) | csum_start (16) | csum_offset (16)
 * </pre>
 */
final class VnetHeader {
    /** Bytes. */
    static final int LENGTH = 10;

    private static final ByteOrder HOST = ByteOrder.nativeOrder();
    private static final int FLAGS = 0;
    private static final int GSO_TYPE = 1;
    private static final int HEADER_LENGTH = 2;
    private static final int GSO_SIZE = 4;
    private static final int CHECKSUM_START = 6;
    private static final int CHECKSUM_OFFSET = 8;
    private static final int KNOWN_FLAGS = Offload.NEEDS_CHECKSUM | Offload.CHECKSUM_VALID;

    private VnetHeader() {}

    /** Reads the header at {@code offset} into a slot of the batch. */
    static void decode(final MutableDirectBuffer buffer, final int offset, final PacketBatch batch, final int slot) {
        final int flagsAndType = buffer.getShort(offset, ByteOrder.LITTLE_ENDIAN) & 0xffff;
        if (flagsAndType == 0) {
            return;
        }
        batch.offload(
                slot,
                flagsAndType & KNOWN_FLAGS,
                flagsAndType >>> 8,
                buffer.getShort(offset + GSO_SIZE, HOST) & 0xffff,
                buffer.getShort(offset + HEADER_LENGTH, HOST) & 0xffff,
                buffer.getShort(offset + CHECKSUM_START, HOST) & 0xffff,
                buffer.getShort(offset + CHECKSUM_OFFSET, HOST) & 0xffff);
    }

    /** Writes the offload request of a slot to {@code offset}. */
    static void encode(final MutableDirectBuffer buffer, final int offset, final PacketBatch batch, final int slot) {
        final int flags = batch.offloadFlags(slot);
        final int type = batch.gsoType(slot);
        buffer.putLong(offset, 0);
        buffer.putShort(offset + CHECKSUM_OFFSET, (short) 0);
        if ((flags | type) == 0) {
            return;
        }
        buffer.putByte(offset + FLAGS, (byte) flags);
        buffer.putByte(offset + GSO_TYPE, (byte) type);
        if (type != Offload.GSO_NONE) {
            buffer.putShort(offset + HEADER_LENGTH, (short) batch.headerLength(slot), HOST);
            buffer.putShort(offset + GSO_SIZE, (short) batch.gsoSize(slot), HOST);
        }
        if ((flags & Offload.NEEDS_CHECKSUM) != 0) {
            buffer.putShort(offset + CHECKSUM_START, (short) batch.checksumStart(slot), HOST);
            buffer.putShort(offset + CHECKSUM_OFFSET, (short) batch.checksumOffset(slot), HOST);
        }
    }
}

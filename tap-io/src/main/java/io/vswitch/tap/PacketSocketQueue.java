package io.vswitch.tap;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.VirtioNetHeader;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The queue of a packet socket, owned by one worker. The kernel takes the outer VLAN tag out of a
 * received frame and tells it in a control message; it is put back here. Source: packet(7), {@code
 * include/uapi/linux/if_packet.h}.
 *
 * <pre>
 *   msghdr: name (64) | name length (32) | - (32) | iov (64) | iov count (64) | control (64) | control length (64) | flags (32)
 *   cmsghdr: length (64) | level (32) | type (32); then
 *   tpacket_auxdata: status (32) | len (32) | snaplen (32) | mac (16) | net (16) | vlan_tci (16) | vlan_tpid (16)
 * </pre>
 */
final class PacketSocketQueue extends DescriptorQueue {
    private static final int MESSAGE_LENGTH = 56;
    private static final int MESSAGE_IOV = 16;
    private static final int MESSAGE_IOV_COUNT = 24;
    private static final int MESSAGE_CONTROL = 32;
    private static final int MESSAGE_CONTROL_LENGTH = 40;
    private static final int IOV_LENGTH = 16;
    private static final int CONTROL_CAPACITY = 64;
    private static final int CONTROL_HEADER_LENGTH = 16;
    private static final int AUX_STATUS = CONTROL_HEADER_LENGTH;
    private static final int AUX_VLAN_TCI = CONTROL_HEADER_LENGTH + 16;
    private static final int AUX_VLAN_TPID = CONTROL_HEADER_LENGTH + 18;
    private static final int TP_STATUS_VLAN_VALID = 0x10;
    private static final int TP_STATUS_VLAN_TPID_VALID = 0x40;
    private static final int ETHERTYPE_VLAN = 0x8100;
    private static final int VLAN_LENGTH = 4;
    private static final int MACS_LENGTH = 12;

    private final UnsafeBuffer message = Native.memory(MESSAGE_LENGTH);
    private final UnsafeBuffer iov = Native.memory(IOV_LENGTH);
    private final UnsafeBuffer control = Native.memory(CONTROL_CAPACITY);
    private final PacketSocket socket;

    PacketSocketQueue(final PacketSocket socket) {
        super(socket.fd(), VirtioNetHeader.LENGTH);
        this.socket = socket;
        message.putLong(MESSAGE_IOV, iov.addressOffset());
        message.putLong(MESSAGE_IOV_COUNT, 1);
        message.putLong(MESSAGE_CONTROL, control.addressOffset());
    }

    @Override
    int allocate(final PacketPool pool) {
        return pool.allocateLarge();
    }

    @Override
    long read(final long address, final long length) {
        iov.putLong(0, address);
        iov.putLong(Long.BYTES, length);
        control.putInt(AUX_STATUS, 0);
        message.putLong(MESSAGE_CONTROL_LENGTH, CONTROL_CAPACITY);
        return Native.LIBC.recvmsg(fd, message.addressOffset(), 0);
    }

    @Override
    long write(final long address, final long length) {
        return Native.LIBC.send(fd, address, length, 0);
    }

    @Override
    void append(final PacketBatch batch, final int slab, final int frameOffset, final int length) {
        final int slot = batch.append(slab, frameOffset, length);
        VirtioNetHeader.decode(batch.buffer(), frameOffset - headerLength, batch, slot);
        final int status = control.getInt(AUX_STATUS);
        if ((status & TP_STATUS_VLAN_VALID) != 0 && length >= MACS_LENGTH) {
            insertVlan(batch, slot, (status & TP_STATUS_VLAN_TPID_VALID) != 0);
        }
    }

    private void insertVlan(final PacketBatch batch, final int slot, final boolean hasTpid) {
        final UnsafeBuffer buffer = batch.buffer();
        final int from = batch.offset(slot);
        buffer.putBytes(from - VLAN_LENGTH, buffer, from, MACS_LENGTH);
        final int tag = from - VLAN_LENGTH + MACS_LENGTH;
        final int tpid = hasTpid ? control.getShort(AUX_VLAN_TPID) : ETHERTYPE_VLAN;
        buffer.putShort(tag, (short) tpid, ByteOrder.BIG_ENDIAN);
        buffer.putShort(tag + Short.BYTES, control.getShort(AUX_VLAN_TCI), ByteOrder.BIG_ENDIAN);
        batch.moveStart(slot, -VLAN_LENGTH);
    }

    /**
     * A device that is down may come up again; one that has been removed leaves the socket without
     * an index.
     */
    @Override
    boolean isGone(final int errno) {
        return Native.isGone(errno) || errno == Native.ENETDOWN && !socket.isBound();
    }
}

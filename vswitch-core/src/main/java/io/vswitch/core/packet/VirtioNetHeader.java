package io.vswitch.core.packet;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * {@code struct virtio_net_hdr}, {@code include/uapi/linux/virtio_net.h}, virtio 1.2 section 5.1.6,
 * which precedes every frame of a TAP with IFF_VNET_HDR and of a packet socket with
 * PACKET_VNET_HDR: stateless, any thread that owns the batch. Little endian: virtio 1 says so, and
 * a TAP of ours uses the host's order on little-endian hosts.
 *
 * <pre>
 *    0       1       2       4       6       8       10      12
 *   +-------+-------+-------+-------+-------+-------+-------+
 *   | flags |  gso  |  hdr  |  gso  | csum  | csum  |  num  |
 *   |       | type  |  len  | size  | start |offset |buffers|   num_buffers only in _v1 and _mrg_rxbuf
 *   +-------+-------+-------+-------+-------+-------+-------+
 * </pre>
 */
public final class VirtioNetHeader {
    /** Bytes of the header without num_buffers. */
    public static final int LENGTH = 10;

    /** Bytes of virtio_net_hdr_v1 and virtio_net_hdr_mrg_rxbuf. */
    public static final int LENGTH_V1 = 12;

    /** Bytes of virtio_net_hdr_v1_hash_tunnel (Linux 6.17). */
    public static final int LENGTH_TUNNEL = 24;

    private static final int FLAG_NEEDS_CHECKSUM = 1;
    private static final int FLAG_DATA_VALID = 2;
    private static final int FLAG_TUNNEL_CHECKSUM = 8;
    private static final int GSO_TUNNEL_IPV4 = 0x20;
    private static final int GSO_TUNNEL = 0x20 | 0x40;
    private static final int OUTER_TRANSPORT = 20;
    private static final int INNER_NETWORK = 22;

    private VirtioNetHeader() {}

    /** Flags NEEDS_CSUM (1), DATA_VALID (2), RSC_INFO (4). */
    public static int flags(final DirectBuffer b, final int offset) {
        return b.getByte(offset) & 0xff;
    }

    public static int gsoType(final DirectBuffer b, final int offset) {
        return b.getByte(offset + 1) & 0xff;
    }

    public static int headerLength(final DirectBuffer b, final int offset) {
        return b.getShort(offset + 2, LITTLE_ENDIAN) & 0xffff;
    }

    public static int gsoSize(final DirectBuffer b, final int offset) {
        return b.getShort(offset + 4, LITTLE_ENDIAN) & 0xffff;
    }

    public static int checksumStart(final DirectBuffer b, final int offset) {
        return b.getShort(offset + 6, LITTLE_ENDIAN) & 0xffff;
    }

    public static int checksumOffset(final DirectBuffer b, final int offset) {
        return b.getShort(offset + 8, LITTLE_ENDIAN) & 0xffff;
    }

    /**
     * Sets the offload request of a slot from a header as received. The values are not checked
     * here: {@link PacketParser#parse} checks them against the frame.
     */
    public static void decode(
            final DirectBuffer b, final int offset, final PacketBatch batch, final int slot) {
        final long word = b.getLong(offset, LITTLE_ENDIAN);
        final int flags = (int) word & (FLAG_NEEDS_CHECKSUM | FLAG_DATA_VALID);
        final int gsoType = (int) (word >>> 8) & 0xff;
        if ((flags & FLAG_NEEDS_CHECKSUM | gsoType) == 0) {
            batch.offload(slot, flags, Offload.GSO_NONE, 0, 0, 0, 0);
            return;
        }
        batch.offload(
                slot,
                flags,
                gsoType,
                (int) (word >>> 32) & 0xffff,
                (int) (word >>> 16) & 0xffff,
                (int) (word >>> 48),
                checksumOffset(b, offset));
    }

    /** Writes the {@link #LENGTH} bytes that tell a slot's offload request. */
    public static void encode(
            final MutableDirectBuffer b,
            final int offset,
            final PacketBatch batch,
            final int slot) {
        final int flags = batch.offloadFlags(slot);
        final int gsoType = batch.gsoType(slot);
        if ((flags & Offload.NEEDS_CHECKSUM | gsoType) == 0) {
            b.putLong(offset, flags, LITTLE_ENDIAN);
            b.putShort(offset + 8, (short) 0, LITTLE_ENDIAN);
            return;
        }
        final long gsoSize = gsoType == Offload.GSO_NONE ? 0 : batch.gsoSize(slot);
        b.putLong(
                offset,
                flags
                        | gsoType << 8
                        | (long) headerLengthHint(batch, slot) << 16
                        | gsoSize << 32
                        | (long) batch.checksumStart(slot) << 48,
                LITTLE_ENDIAN);
        b.putShort(offset + 8, (short) batch.checksumOffset(slot), LITTLE_ENDIAN);
    }

    /**
     * Writes the {@link #LENGTH_V1} bytes that tell a slot's offload request; num_buffers is 0, as
     * a sender must.
     */
    public static void encodeV1(
            final MutableDirectBuffer b,
            final int offset,
            final PacketBatch batch,
            final int slot) {
        encode(b, offset, batch, slot);
        b.putShort(offset + LENGTH, (short) 0, LITTLE_ENDIAN);
    }

    /**
     * Writes the {@link #LENGTH_TUNNEL} bytes for a super-frame of a slot in a UDP tunnel over
     * IPv4.
     *
     * @param outerBytes all headers before the inner Ethernet header.
     * @param outerTransport from the outer Ethernet header to the outer UDP header, bytes.
     * @param withChecksum whether the outer UDP header is to have a checksum.
     */
    public static void encodeTunnel(
            final MutableDirectBuffer b,
            final int offset,
            final PacketBatch batch,
            final int slot,
            final int outerBytes,
            final int outerTransport,
            final boolean withChecksum) {
        final int flags = FLAG_NEEDS_CHECKSUM | (withChecksum ? FLAG_TUNNEL_CHECKSUM : 0);
        final int type = batch.gsoType(slot) | GSO_TUNNEL_IPV4;
        final int hint = headerLengthHint(batch, slot) + outerBytes;
        b.putLong(
                offset,
                flags
                        | type << 8
                        | (long) hint << 16
                        | (long) batch.gsoSize(slot) << 32
                        | (long) (batch.checksumStart(slot) + outerBytes) << 48,
                LITTLE_ENDIAN);
        b.putLong(offset + 8, batch.checksumOffset(slot), LITTLE_ENDIAN);
        b.putInt(offset + 16, 0, LITTLE_ENDIAN);
        b.putShort(offset + OUTER_TRANSPORT, (short) outerTransport, LITTLE_ENDIAN);
        final int innerNetwork = batch.l3Offset(slot) - batch.offset(slot) + outerBytes;
        b.putShort(offset + INNER_NETWORK, (short) innerNetwork, LITTLE_ENDIAN);
    }

    /** Whether a header as received tells of a super-frame in a UDP tunnel. */
    public static boolean isTunnel(final DirectBuffer b, final int offset) {
        return (gsoType(b, offset) & GSO_TUNNEL) != 0;
    }

    /** Whether a header as received leaves a checksum open. */
    public static boolean needsChecksum(final DirectBuffer b, final int offset) {
        return (flags(b, offset) & FLAG_NEEDS_CHECKSUM) != 0;
    }

    /** Whether a header as received vouches for the checksums, or says that they are to be made. */
    public static boolean isTrusted(final DirectBuffer b, final int offset) {
        return (flags(b, offset) & (FLAG_NEEDS_CHECKSUM | FLAG_DATA_VALID)) != 0;
    }

    /**
     * Sets the offload request of a slot that holds what was in a tunnel, from the header that came
     * before the outer frame. Unchecked like {@link #decode}.
     *
     * @param outerBytes all headers before the inner Ethernet header.
     */
    public static void decodeInner(
            final DirectBuffer b,
            final int offset,
            final PacketBatch batch,
            final int slot,
            final int outerBytes) {
        batch.offload(
                slot,
                FLAG_NEEDS_CHECKSUM,
                gsoType(b, offset) & ~GSO_TUNNEL,
                gsoSize(b, offset),
                Math.max(0, headerLength(b, offset) - outerBytes),
                checksumStart(b, offset) - outerBytes,
                checksumOffset(b, offset));
    }

    /**
     * The kernel refuses a hint beyond the frame (tun_get_user) and mends one that is too small.
     */
    private static int headerLengthHint(final PacketBatch batch, final int slot) {
        final int hint = batch.headerLength(slot);
        return hint < 0 || hint > batch.length(slot) ? 0 : hint;
    }
}

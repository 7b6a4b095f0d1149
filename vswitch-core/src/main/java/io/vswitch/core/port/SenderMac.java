package io.vswitch.core.port;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.ArpHeader;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Another sender's MAC in one frame, wherever it says one, until it is put back; owned by one
 * worker. In neighbour discovery that is one option, source or target link-layer address: a message
 * has one of them at most (RFC 4861 section 4).
 */
final class SenderMac {
    private static final int ARP_SENDER_MAC = 8;
    private static final int ICMPV6 = 58;
    private static final int IPV6_LENGTH = 40;
    private static final int IPV6_NEXT_HEADER = 6;
    private static final int CHECKSUM = 2;
    private static final int SOLICIT_ROUTER = 133;
    private static final int ADVERTISE_ROUTER = 134;
    private static final int SOLICIT_NEIGHBOUR = 135;
    private static final int ADVERTISE_NEIGHBOUR = 136;
    private static final int SOURCE_ADDRESS = 1;
    private static final int TARGET_ADDRESS = 2;
    private static final int OPTION_UNIT = 8;

    private int frame;
    private long outerBefore;
    private int innerAt;
    private long innerBefore;
    private int checksumAt;
    private short checksumBefore;

    /** Writes the MAC into a frame; the batch's slab is restored by {@link #restore}. */
    void replace(final PacketBatch batch, final int slot, final long mac) {
        final UnsafeBuffer b = batch.buffer();
        innerAt = 0;
        checksumAt = 0;
        frame = batch.offset(slot);
        outerBefore = SharedMac.get(b, frame + EthernetHeader.SOURCE_OFFSET);
        SharedMac.put(b, frame + EthernetHeader.SOURCE_OFFSET, mac);
        final int limit = frame + batch.length(slot);
        final int at = SharedMac.typeOffset(b, frame, limit);
        if (at < 0) {
            return;
        }
        final int l3 = at + 2;
        final int type = SharedMac.type(b, at);
        if (type == EthernetHeader.TYPE_ARP && ArpHeader.isValid(b, l3, limit)) {
            inner(b, l3 + ARP_SENDER_MAC, mac);
        } else if (type == EthernetHeader.TYPE_IPV6 && isIcmp(b, l3, limit)) {
            final int l4 = l3 + IPV6_LENGTH;
            final int option = option(b, l4, limit);
            if (option != 0) {
                final boolean open = (batch.offloadFlags(slot) & Offload.NEEDS_CHECKSUM) != 0;
                discovery(b, open ? 0 : l4 + CHECKSUM, option, mac);
            }
        }
    }

    private void inner(final UnsafeBuffer b, final int at, final long mac) {
        innerAt = at;
        innerBefore = SharedMac.get(b, at);
        SharedMac.put(b, at, mac);
    }

    private static boolean isIcmp(final UnsafeBuffer b, final int l3, final int limit) {
        return l3 + IPV6_LENGTH + OPTION_UNIT <= limit
                && b.getByte(l3 + IPV6_NEXT_HEADER) == ICMPV6;
    }

    /** Where the MAC of the option is, or 0 for none; options are at even offsets of a message. */
    private static int option(final UnsafeBuffer b, final int l4, final int limit) {
        int at = l4 + fixedLength(b.getByte(l4) & 0xff);
        while (at > l4 && at + OPTION_UNIT <= limit) {
            final int type = b.getByte(at) & 0xff;
            final int units = b.getByte(at + 1) & 0xff;
            if (units == 1 && (type == SOURCE_ADDRESS || type == TARGET_ADDRESS)) {
                return at + 2;
            }
            if (units == 0) {
                return 0;
            }
            at += units * OPTION_UNIT;
        }
        return 0;
    }

    /** Bytes of a message before its options; 0 when it isn't one of discovery. */
    private static int fixedLength(final int type) {
        return switch (type) {
            case SOLICIT_ROUTER -> 8;
            case ADVERTISE_ROUTER -> 16;
            case SOLICIT_NEIGHBOUR, ADVERTISE_NEIGHBOUR -> 24;
            default -> 0;
        };
    }

    /** RFC 1624, equation 3; a checksum that is still open covers no payload. */
    private void discovery(
            final UnsafeBuffer b, final int checksum, final int option, final long mac) {
        inner(b, option, mac);
        if (checksum != 0) {
            checksumAt = checksum;
            checksumBefore = b.getShort(checksum);
            final int sum = ~b.getShort(checksum, BIG_ENDIAN) & 0xffff;
            final int other = Checksums.fold((long) sum + words(~innerBefore) + words(mac));
            b.putShort(checksum, (short) ~other, BIG_ENDIAN);
        }
    }

    private static long words(final long mac) {
        return (mac >>> 32 & 0xffff) + (mac >>> 16 & 0xffff) + (mac & 0xffff);
    }

    /** Puts back what {@link #replace} found. */
    void restore(final PacketBatch batch) {
        final UnsafeBuffer b = batch.buffer();
        SharedMac.put(b, frame + EthernetHeader.SOURCE_OFFSET, outerBefore);
        if (innerAt != 0) {
            SharedMac.put(b, innerAt, innerBefore);
        }
        if (checksumAt != 0) {
            b.putShort(checksumAt, checksumBefore);
        }
    }
}

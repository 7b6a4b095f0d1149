package io.vswitch.core.port;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.l2.NeighbourTable;
import io.vswitch.core.packet.ArpHeader;
import io.vswitch.core.packet.EthernetHeader;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Which endpoint a frame for a shared MAC is for: by its IPv4 or IPv6 destination, or by the target
 * of ARP. Nothing is read beyond the frame. Stateless.
 */
final class SharedMac {
    private static final int MAX_TAGS = 2;
    private static final int TAG_LENGTH = 4;
    private static final int TYPE_VLAN = 0x8100;
    private static final int TYPE_SERVICE_VLAN = 0x88a8;
    private static final int IPV4_LENGTH = 20;
    private static final int IPV4_DESTINATION = 16;
    private static final int IPV6_LENGTH = 40;
    private static final int IPV6_DESTINATION = 24;
    private static final int ARP_TARGET_MAC = 18;

    private SharedMac() {}

    /** Where the EtherType behind up to two VLAN tags is, or -1 when the frame ends before. */
    static int typeOffset(final DirectBuffer b, final int frame, final int limit) {
        int at = frame + EthernetHeader.ADDRESSES_LENGTH;
        for (int tags = 0; tags < MAX_TAGS && at + 2 <= limit && isTag(type(b, at)); tags++) {
            at += TAG_LENGTH;
        }
        return at + 2 <= limit ? at : -1;
    }

    private static boolean isTag(final int type) {
        return type == TYPE_VLAN || type == TYPE_SERVICE_VLAN;
    }

    static int type(final DirectBuffer b, final int at) {
        return b.getShort(at, BIG_ENDIAN) & 0xffff;
    }

    /** MAC of the endpoint, or 0 when none has the address. */
    static long receiver(
            final NeighbourTable endpoints,
            final DirectBuffer b,
            final int frame,
            final int limit) {
        final int at = typeOffset(b, frame, limit);
        if (at < 0) {
            return 0;
        }
        final int l3 = at + 2;
        switch (type(b, at)) {
            case EthernetHeader.TYPE_IPV4:
                return l3 + IPV4_LENGTH > limit
                        ? 0
                        : v4(endpoints, b.getInt(l3 + IPV4_DESTINATION, BIG_ENDIAN));
            case EthernetHeader.TYPE_IPV6:
                return l3 + IPV6_LENGTH > limit ? 0 : v6(endpoints, b, l3 + IPV6_DESTINATION);
            case EthernetHeader.TYPE_ARP:
                return ArpHeader.isValid(b, l3, limit)
                        ? v4(endpoints, ArpHeader.targetIp(b, l3))
                        : 0;
            default:
                return 0;
        }
    }

    private static long v4(final NeighbourTable endpoints, final int address) {
        return endpoints.mac(0, NeighbourTable.ipv4(address));
    }

    private static long v6(final NeighbourTable endpoints, final DirectBuffer b, final int at) {
        return endpoints.mac(b.getLong(at, BIG_ENDIAN), b.getLong(at + 8, BIG_ENDIAN));
    }

    /** Addresses a frame, and the target of ARP in it, to an endpoint. */
    static void deliver(
            final MutableDirectBuffer b, final int frame, final int limit, final long mac) {
        put(b, frame, mac);
        final int at = typeOffset(b, frame, limit);
        if (type(b, at) == EthernetHeader.TYPE_ARP) {
            put(b, at + 2 + ARP_TARGET_MAC, mac);
        }
    }

    /** Writes the 6 bytes of a MAC. */
    static void put(final MutableDirectBuffer b, final int at, final long mac) {
        b.putShort(at, (short) (mac >>> 32), BIG_ENDIAN);
        b.putInt(at + 2, (int) mac, BIG_ENDIAN);
    }

    /** Reads the 6 bytes of a MAC. */
    static long get(final DirectBuffer b, final int at) {
        return (b.getShort(at, BIG_ENDIAN) & 0xffffL) << 32
                | b.getInt(at + 2, BIG_ENDIAN) & 0xffffffffL;
    }
}

package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes frames from header fields, straight from the standards: what a packet looks like on the
 * wire, and what it must look like after a rewrite, checksums computed from nothing. Shares no code
 * with the switch.
 */
final class WireFrame {
    /** Longest frame. */
    static final int MAX_LENGTH = 14 + 8 + 40 + 8 + 24 + 4;

    /** Bytes behind the packet, where Ethernet pads: they belong to no header. */
    static final int TRAILER = 4;

    /** Of IP packets, from the transport header on, and of what isn't IP: whole units of 8. */
    private static final int BODY = 24;

    private static final int ARP_LENGTH = 28;
    private static final int TTL = 64;
    private static final int LATER = 185;

    private final UnsafeBuffer b = new UnsafeBuffer(new byte[0]);
    private int l3;
    private int l4;

    /** Makes the fields those that a packet can have: what the frame won't carry is 0. */
    static void normalize(final HeaderFields f) {
        final boolean ip = f.isIpv4() || f.isIpv6();
        f.sourceMac = (f.sourceMac >>> 40 & 1) == 0 ? f.sourceMac : 0x020000000001L;
        f.fragment = ip ? f.fragment : 0;
        f.protocol = ip || f.isArp() ? f.protocol : 0;
        final boolean transport = ip && f.fragment != 2;
        final boolean ports = transport && (f.protocol == 6 || f.protocol == 17);
        final boolean icmp = transport && f.protocol == (f.isIpv6() ? 58 : 1);
        f.tcpFlags = transport && f.protocol == 6 ? f.tcpFlags : 0;
        f.destinationPort = ports || icmp ? f.destinationPort : 0;
        f.sourcePort = ports || icmp && isEcho(f) ? f.sourcePort : 0;
        if (!ip && !f.isArp()) {
            f.sourceLow = 0;
            f.destinationLow = 0;
        }
    }

    private static boolean isEcho(final HeaderFields f) {
        final int type = f.destinationPort >> 8;
        return f.isIpv6() ? type == 128 || type == 129 : type == 8 || type == 0;
    }

    /** Writes a frame with an empty trailer; returns its length. */
    int write(final HeaderFields f, final byte[] to) {
        b.wrap(to);
        b.setMemory(0, to.length, (byte) 0);
        mac(0, f.destinationMac);
        mac(6, f.sourceMac);
        int at = 12;
        if (f.innerVlan != 0) {
            putShort(at, 0x88a8);
            putShort(at + 2, f.outerVlan & 0xfff);
            at += 4;
        }
        if (f.outerVlan != 0) {
            putShort(at, 0x8100);
            putShort(at + 2, (f.innerVlan != 0 ? f.innerVlan : f.outerVlan) & 0xfff);
            at += 4;
        }
        putShort(at, f.etherType);
        l3 = at + 2;
        return TRAILER
                + (f.isIpv4() ? ipv4(f) : f.isIpv6() ? ipv6(f) : f.isArp() ? arp(f) : other());
    }

    private void mac(final int at, final long mac) {
        putShort(at, (int) (mac >>> 32));
        putInt(at + 2, mac);
    }

    private int other() {
        b.setMemory(l3, BODY, (byte) 0x5a);
        return l3 + BODY;
    }

    private int arp(final HeaderFields f) {
        putShort(l3, 1);
        putShort(l3 + 2, 0x0800);
        putShort(l3 + 4, 0x0604);
        putShort(l3 + 6, f.protocol);
        putInt(l3 + 14, f.sourceLow);
        putInt(l3 + 24, f.destinationLow);
        return l3 + ARP_LENGTH;
    }

    private int ipv4(final HeaderFields f) {
        l4 = l3 + 20;
        b.putByte(l3, (byte) 0x45);
        b.putByte(l3 + 1, (byte) (Math.max(0, f.dscp) << 2));
        putShort(l3 + 2, 20 + BODY);
        putShort(l3 + 6, f.fragment == 0 ? 0 : f.fragment == 1 ? 0x2000 : LATER);
        b.putByte(l3 + 8, (byte) (TTL - f.ttlDecrement));
        b.putByte(l3 + 9, (byte) f.protocol);
        putInt(l3 + 12, f.sourceLow);
        putInt(l3 + 16, f.destinationLow);
        putShort(l3 + 10, ~fold(sum(l3, 20)));
        return transport(f, sum(l3 + 12, 8));
    }

    private int ipv6(final HeaderFields f) {
        final boolean whole = f.fragment == 0;
        l4 = l3 + 40 + (whole ? 0 : 8);
        putInt(l3, 0x6000_0000L | (long) Math.max(0, f.dscp) << 22);
        putShort(l3 + 4, BODY + (whole ? 0 : 8));
        b.putByte(l3 + 6, (byte) (whole ? f.protocol : 44));
        b.putByte(l3 + 7, (byte) (TTL - f.ttlDecrement));
        putLong(l3 + 8, f.sourceHigh);
        putLong(l3 + 16, f.sourceLow);
        putLong(l3 + 24, f.destinationHigh);
        putLong(l3 + 32, f.destinationLow);
        if (!whole) {
            b.putByte(l3 + 40, (byte) f.protocol);
            putShort(l3 + 42, f.fragment == 1 ? 1 : LATER << 3);
        }
        return transport(f, sum(l3 + 8, 32));
    }

    private int transport(final HeaderFields f, final int addresses) {
        final boolean icmp = f.protocol == (f.isIpv6() ? 58 : 1);
        if (f.fragment == 2 || !icmp && f.protocol != 6 && f.protocol != 17) {
            b.setMemory(l4, BODY, (byte) 0xa5);
            return l4 + BODY;
        }
        final int pseudo = icmp && f.isIpv4() ? 0 : addresses + f.protocol + BODY;
        if (icmp) {
            putShort(l4, f.destinationPort);
            putShort(l4 + 4, f.sourcePort);
            putShort(l4 + 2, ~fold(pseudo + sum(l4, BODY)));
            return l4 + BODY;
        }
        putShort(l4, f.sourcePort);
        putShort(l4 + 2, f.destinationPort);
        if (f.protocol == 6) {
            b.putByte(l4 + 12, (byte) 0x50);
            b.putByte(l4 + 13, (byte) f.tcpFlags);
            putShort(l4 + 16, ~fold(pseudo + sum(l4, BODY)));
        } else {
            putShort(l4 + 4, BODY);
            final int checksum = ~fold(pseudo + sum(l4, BODY)) & 0xffff;
            putShort(l4 + 6, checksum == 0 ? 0xffff : checksum);
        }
        return l4 + BODY;
    }

    private int sum(final int from, final int length) {
        int sum = 0;
        for (int i = from; i < from + length; i += 2) {
            sum += b.getShort(i, ByteOrder.BIG_ENDIAN) & 0xffff;
        }
        return sum;
    }

    private static int fold(final int sum) {
        final int once = (sum & 0xffff) + (sum >>> 16);
        return (once & 0xffff) + (once >>> 16);
    }

    private void putShort(final int at, final int value) {
        b.putShort(at, (short) value, ByteOrder.BIG_ENDIAN);
    }

    private void putInt(final int at, final long value) {
        b.putInt(at, (int) value, ByteOrder.BIG_ENDIAN);
    }

    private void putLong(final int at, final long value) {
        b.putLong(at, value, ByteOrder.BIG_ENDIAN);
    }
}

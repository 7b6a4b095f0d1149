package io.vswitch.core.engine;

import io.vswitch.core.packet.Addresses;
import io.vswitch.core.packet.Checksums;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/** Builds frames for tests of the engine. */
final class Frames {
    private Frames() {}

    /** An IPv4/UDP frame with right checksums; UDP checksum 0. */
    static UnsafeBuffer udp(
            final long src,
            final long dst,
            final String from,
            final String to,
            final int sport,
            final int dport,
            final int payload) {
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[42 + payload]);
        ethernet(frame, src, dst, 0x0800);
        frame.putByte(14, (byte) 0x45);
        frame.putShort(16, (short) (28 + payload), ByteOrder.BIG_ENDIAN);
        frame.putByte(22, (byte) 64);
        frame.putByte(23, (byte) 17);
        frame.putInt(26, Addresses.parseIpv4(from), ByteOrder.BIG_ENDIAN);
        frame.putInt(30, Addresses.parseIpv4(to), ByteOrder.BIG_ENDIAN);
        Checksums.putIpv4(frame, 14);
        frame.putShort(34, (short) sport, ByteOrder.BIG_ENDIAN);
        frame.putShort(36, (short) dport, ByteOrder.BIG_ENDIAN);
        frame.putShort(38, (short) (8 + payload), ByteOrder.BIG_ENDIAN);
        return frame;
    }

    /** An IPv4/TCP frame with right checksums; the sequence number is 1. */
    static UnsafeBuffer tcp(
            final long src,
            final long dst,
            final String from,
            final String to,
            final int sport,
            final int dport,
            final int flags,
            final int payload) {
        final UnsafeBuffer frame = udp(src, dst, from, to, sport, dport, 12 + payload);
        frame.putByte(23, (byte) 6);
        Checksums.putIpv4(frame, 14);
        frame.putInt(38, 1, ByteOrder.BIG_ENDIAN);
        frame.putInt(42, 0, ByteOrder.BIG_ENDIAN);
        frame.putByte(46, (byte) 0x50);
        frame.putByte(47, (byte) flags);
        frame.putShort(48, (short) 1000, ByteOrder.BIG_ENDIAN);
        for (int i = 0; i < payload; i++) {
            frame.putByte(54 + i, (byte) (i * 31 + 7));
        }
        frame.putShort(50, (short) ~transportSum(frame), ByteOrder.BIG_ENDIAN);
        return frame;
    }

    /**
     * The TCP or UDP frame as a sender with checksum offload hands it over: its checksum field
     * holds the sum of the pseudo-header only.
     */
    static ScriptedPort.Frame openChecksum(final UnsafeBuffer frame) {
        return superFrame(frame, 0, 0);
    }

    /** The same, to be cut into segments of {@code gsoSize} bytes of payload. */
    static ScriptedPort.Frame superFrame(
            final UnsafeBuffer frame, final int gsoType, final int gsoSize) {
        final int field = frame.getByte(23) == 6 ? 16 : 6;
        final int end = 14 + (frame.getShort(16, ByteOrder.BIG_ENDIAN) & 0xffff);
        final long pseudo = (frame.getByte(23) & 0xff) + (end - 34) + sum(frame, 26, 34);
        frame.putShort(34 + field, (short) fold(pseudo), ByteOrder.BIG_ENDIAN);
        final byte[] bytes = new byte[frame.capacity()];
        frame.getBytes(0, bytes);
        return new ScriptedPort.Frame(bytes, 1, gsoType, gsoSize, 34, field);
    }

    /**
     * The ones' complement sum over pseudo-header and transport part of an IPv4 frame without VLAN
     * tag, its checksum field included: 0xffff when the checksum is right. The plain sum of RFC
     * 1071, written for tests alone.
     */
    static int transportSum(final UnsafeBuffer frame) {
        final int headerBytes = (frame.getByte(14) & 15) * 4;
        final int end = 14 + (frame.getShort(16, ByteOrder.BIG_ENDIAN) & 0xffff);
        final int l4 = 14 + headerBytes;
        long sum = (frame.getByte(23) & 0xff) + (end - l4);
        sum += sum(frame, 26, 34);
        sum += sum(frame, l4, end);
        return fold(sum);
    }

    /** The same over the IPv4 header alone. */
    static int headerSum(final UnsafeBuffer frame) {
        return fold(sum(frame, 14, 14 + (frame.getByte(14) & 15) * 4));
    }

    private static long sum(final UnsafeBuffer frame, final int from, final int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += (frame.getByte(i) & 0xffL) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int fold(final long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }

    static void ethernet(final UnsafeBuffer frame, final long src, final long dst, final int type) {
        mac(frame, 0, dst);
        mac(frame, 6, src);
        frame.putShort(12, (short) type, ByteOrder.BIG_ENDIAN);
    }

    private static void mac(final UnsafeBuffer frame, final int at, final long mac) {
        frame.putShort(at, (short) (mac >> 32), ByteOrder.BIG_ENDIAN);
        frame.putInt(at + 2, (int) mac, ByteOrder.BIG_ENDIAN);
    }
}

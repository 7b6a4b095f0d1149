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

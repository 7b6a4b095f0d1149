package io.vswitch.vxlan;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Checksums;
import org.agrona.concurrent.UnsafeBuffer;

/** Frames of a TCP or UDP flow for tests, without help from what is tested; setters return this. */
final class TcpSegments {
    private static final int ETHERNET = 14;
    boolean ipv6;
    int flow = 1;
    int sequence = 1000;
    int acknowledgment = 7;
    int flags = 0x10;
    int window = 500;
    int identification;
    int timestamp = 99;
    int tos;
    int ttl = 64;
    boolean dontFragment = true;
    boolean options = true;

    /** UDP datagrams instead. */
    boolean udp;

    /** The next segment of the flow, with a payload that tells its place in the stream. */
    byte[] next(final int payload) {
        final int l4 = ETHERNET + (ipv6 ? 40 : 20);
        final int tcp = udp ? 8 : options ? 32 : 20;
        final byte[] bytes = new byte[l4 + tcp + payload];
        final UnsafeBuffer b = new UnsafeBuffer(bytes);
        b.putLong(0, 0x0200_0000_0002_0200L, BIG_ENDIAN);
        b.putInt(8, flow, BIG_ENDIAN);
        b.putShort(12, (short) (ipv6 ? 0x86dd : 0x0800), BIG_ENDIAN);
        if (ipv6) {
            ipv6(b, tcp + payload);
        } else {
            ipv4(b, tcp + payload);
        }
        b.putShort(l4, (short) (4000 + flow), BIG_ENDIAN);
        b.putShort(l4 + 2, (short) 80, BIG_ENDIAN);
        if (udp) {
            b.putShort(l4 + 4, (short) (8 + payload), BIG_ENDIAN);
        } else {
            tcp(b, l4, tcp);
        }
        for (int i = 0; i < payload; i++) {
            b.putByte(l4 + tcp + i, (byte) ((sequence + i) * 31 >> 3));
        }
        final int sum = Checksums.sum(b, l4, tcp + payload);
        final int checksum = ~Checksums.add(sum, pseudo(b, tcp + payload)) & 0xffff;
        b.putShort(
                l4 + (udp ? 6 : 16),
                (short) (udp && checksum == 0 ? 0xffff : checksum),
                BIG_ENDIAN);
        sequence += payload;
        identification++;
        return bytes;
    }

    private void tcp(final UnsafeBuffer b, final int l4, final int length) {
        b.putInt(l4 + 4, sequence, BIG_ENDIAN);
        b.putInt(l4 + 8, acknowledgment, BIG_ENDIAN);
        b.putShort(l4 + 12, (short) (length / 4 << 12 | flags), BIG_ENDIAN);
        b.putShort(l4 + 14, (short) window, BIG_ENDIAN);
        if (options) {
            b.putInt(l4 + 20, 0x0101_080a, BIG_ENDIAN);
            b.putInt(l4 + 24, timestamp, BIG_ENDIAN);
        }
    }

    private int pseudo(final UnsafeBuffer b, final int length) {
        final int at = ETHERNET + (ipv6 ? 8 : 12);
        return Checksums.fold((long) Checksums.sum(b, at, ipv6 ? 32 : 8) + protocol() + length);
    }

    private int protocol() {
        return udp ? 17 : 6;
    }

    private void ipv4(final UnsafeBuffer b, final int length) {
        b.putShort(14, (short) (0x4500 | tos), BIG_ENDIAN);
        b.putShort(16, (short) (20 + length), BIG_ENDIAN);
        b.putShort(18, (short) identification, BIG_ENDIAN);
        b.putShort(20, (short) (dontFragment ? 0x4000 : 0), BIG_ENDIAN);
        b.putShort(22, (short) (ttl << 8 | protocol()), BIG_ENDIAN);
        b.putInt(26, 0x0a00_0000 | flow, BIG_ENDIAN);
        b.putInt(30, 0x0a00_0002, BIG_ENDIAN);
        b.putShort(24, (short) ~Checksums.sum(b, 14, 20), BIG_ENDIAN);
    }

    private void ipv6(final UnsafeBuffer b, final int length) {
        b.putInt(14, 0x6000_0000 | tos << 20, BIG_ENDIAN);
        b.putShort(18, (short) length, BIG_ENDIAN);
        b.putShort(20, (short) (protocol() << 8 | ttl), BIG_ENDIAN);
        b.putInt(22, 0xfd00_0000, BIG_ENDIAN);
        b.putInt(34, flow, BIG_ENDIAN);
        b.putInt(38, 0xfd00_0000, BIG_ENDIAN);
        b.putInt(50, 2, BIG_ENDIAN);
    }
}

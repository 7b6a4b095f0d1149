package io.vswitch.core.engine;

import io.vswitch.core.packet.Addresses;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/** Builds ARP and neighbour discovery as an endpoint sends them, true or not. */
final class GuardFrames {
    private static final int ICMPV6 = 58;
    private static final int UDP = 17;

    private GuardFrames() {}

    static UnsafeBuffer arp(
            final long src, final int operation, final long senderMac, final String senderIp) {
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[42]);
        Frames.ethernet(frame, src, EngineFixture.BROADCAST, 0x0806);
        frame.putLong(14, 0x0001_0800_0604_0000L | operation, ByteOrder.BIG_ENDIAN);
        mac(frame, 22, senderMac);
        frame.putInt(28, Addresses.parseIpv4(senderIp), ByteOrder.BIG_ENDIAN);
        frame.putInt(38, Addresses.parseIpv4("10.0.0.2"), ByteOrder.BIG_ENDIAN);
        return frame;
    }

    /** ICMPv6 with a body after its 4 bytes of type, code and checksum. */
    static UnsafeBuffer icmp6(
            final long src, final String from, final int type, final byte[]... body) {
        final byte[] rest = join(body);
        final byte[] payload = new byte[4 + rest.length];
        payload[0] = (byte) type;
        System.arraycopy(rest, 0, payload, 4, rest.length);
        return ipv6(src, from, ICMPV6, payload);
    }

    static UnsafeBuffer udp6(final long src, final String from, final int sport, final int dport) {
        final UnsafeBuffer udp = new UnsafeBuffer(new byte[16]);
        udp.putShort(0, (short) sport, ByteOrder.BIG_ENDIAN);
        udp.putShort(2, (short) dport, ByteOrder.BIG_ENDIAN);
        udp.putShort(4, (short) 16, ByteOrder.BIG_ENDIAN);
        return ipv6(src, from, UDP, udp.byteArray());
    }

    static UnsafeBuffer ipv6(
            final long src, final String from, final int next, final byte[] payload) {
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[54 + payload.length]);
        Frames.ethernet(frame, src, 0x3333_0000_0001L, 0x86dd);
        frame.putByte(14, (byte) 0x60);
        frame.putShort(18, (short) payload.length, ByteOrder.BIG_ENDIAN);
        frame.putByte(20, (byte) next);
        frame.putByte(21, (byte) 255);
        frame.putBytes(22, address(from));
        frame.putBytes(38, address("ff02::1"));
        frame.putBytes(54, payload);
        return frame;
    }

    /** The same frame behind a VLAN tag. */
    static UnsafeBuffer tagged(final UnsafeBuffer frame, final int vid) {
        final UnsafeBuffer tagged = new UnsafeBuffer(new byte[frame.capacity() + 4]);
        tagged.putBytes(0, frame, 0, 12);
        tagged.putInt(12, 0x8100_0000 | vid, ByteOrder.BIG_ENDIAN);
        tagged.putBytes(16, frame, 12, frame.capacity() - 12);
        return tagged;
    }

    /** The body of a solicitation or advertisement: flags and target. */
    static byte[] target(final String address) {
        return join(new byte[4], address(address));
    }

    /** An option of a link-layer address with the length field given, in units of 8 bytes. */
    static byte[] option(final int type, final int units, final long mac) {
        final UnsafeBuffer option = new UnsafeBuffer(new byte[8]);
        option.putByte(0, (byte) type);
        option.putByte(1, (byte) units);
        mac(option, 2, mac);
        return option.byteArray();
    }

    private static byte[] address(final String text) {
        final long[] words = Addresses.parseIpv6(text);
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[16]);
        bytes.putLong(0, words[0], ByteOrder.BIG_ENDIAN);
        bytes.putLong(8, words[1], ByteOrder.BIG_ENDIAN);
        return bytes.byteArray();
    }

    private static byte[] join(final byte[]... parts) {
        int length = 0;
        for (final byte[] part : parts) {
            length += part.length;
        }
        final UnsafeBuffer all = new UnsafeBuffer(new byte[length]);
        int at = 0;
        for (final byte[] part : parts) {
            all.putBytes(at, part);
            at += part.length;
        }
        return all.byteArray();
    }

    private static void mac(final UnsafeBuffer frame, final int at, final long mac) {
        frame.putShort(at, (short) (mac >> 32), ByteOrder.BIG_ENDIAN);
        frame.putInt(at + 2, (int) mac, ByteOrder.BIG_ENDIAN);
    }
}

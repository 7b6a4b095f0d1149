package io.vswitch.ctl.daemon;

import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Mac;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Builds the frame of one explained packet; one thread. Headers as in RFC 791, 8200, 9293, 768,
 * 792, 4443, 826.
 */
final class FrameBuilder {
    private static final int MAX = 128;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP_V6 = 58;
    private static final byte[] PAYLOAD =
            "vswitch!".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final Long givenSource;
    private final Long givenDestination;
    private final int vlan;
    private final ByteBuffer frame = ByteBuffer.allocate(MAX);
    private long source;
    private long destination;

    FrameBuilder(final Long source, final Long destination, final int vlan) {
        this.givenSource = source;
        this.givenDestination = destination;
        this.vlan = vlan;
    }

    /** The source MAC that was given, or null. */
    Long source() {
        return givenSource;
    }

    /** The destination MAC that was given, or null. */
    Long destination() {
        return givenDestination;
    }

    void ethernet(final long from, final long to) {
        source = from;
        destination = to;
    }

    void arp(final long from, final byte[] target, final byte[] sender) {
        ethernet(from, givenDestination != null ? givenDestination : Mac.BROADCAST);
        header(0x0806);
        frame.putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) 1);
        mac(from);
        frame.put(sender);
        mac(0);
        frame.put(target);
    }

    void tcp(final Ip from, final Ip to, final int fromPort, final int toPort, final int flags) {
        final ByteBuffer segment = ByteBuffer.allocate(20);
        segment.putShort((short) fromPort).putShort((short) toPort).putInt(1);
        segment.putInt((flags & 0x10) != 0 ? 1 : 0).put((byte) 0x50).put((byte) flags);
        segment.putShort((short) 64_240);
        ip(from, to, TCP, segment.array(), 16);
    }

    void udp(final Ip from, final Ip to, final int fromPort, final int toPort) {
        final ByteBuffer datagram = ByteBuffer.allocate(8 + PAYLOAD.length);
        datagram.putShort((short) fromPort).putShort((short) toPort);
        datagram.putShort((short) datagram.capacity()).putShort((short) 0).put(PAYLOAD);
        ip(from, to, UDP, datagram.array(), 6);
    }

    void icmpEcho(final Ip from, final Ip to, final boolean reply) {
        final ByteBuffer message = ByteBuffer.allocate(8 + PAYLOAD.length);
        final int type = from.isV4() ? reply ? 0 : 8 : reply ? 129 : 128;
        message.put((byte) type)
                .put((byte) 0)
                .putShort((short) 0)
                .putShort((short) 1)
                .putShort((short) 1);
        message.put(PAYLOAD);
        ip(from, to, from.isV4() ? ICMP : ICMP_V6, message.array(), 2);
    }

    private void ip(
            final Ip from,
            final Ip to,
            final int protocol,
            final byte[] payload,
            final int checksumAt) {
        header(from.isV4() ? 0x0800 : 0x86dd);
        long pseudo = 0;
        if (protocol != ICMP) {
            pseudo = sum(from.bytes()) + sum(to.bytes()) + protocol + payload.length;
        }
        final int checksum = fold(pseudo + sum(payload));
        ByteBuffer.wrap(payload)
                .putShort(
                        checksumAt, (short) (checksum == 0 && protocol == UDP ? 0xffff : checksum));
        if (from.isV4()) {
            ipv4(from, to, protocol, payload.length);
        } else {
            frame.putInt(0x6000_0000).putShort((short) payload.length);
            frame.put((byte) protocol).put((byte) 64).put(from.bytes()).put(to.bytes());
        }
        frame.put(payload);
    }

    private void ipv4(final Ip from, final Ip to, final int protocol, final int length) {
        final ByteBuffer header = ByteBuffer.allocate(20);
        header.put((byte) 0x45).put((byte) 0).putShort((short) (20 + length)).putShort((short) 0);
        header.putShort((short) 0x4000).put((byte) 64).put((byte) protocol).putShort((short) 0);
        header.put(from.bytes()).put(to.bytes());
        header.putShort(10, (short) fold(sum(header.array())));
        frame.put(header.array());
    }

    private void header(final int etherType) {
        mac(destination);
        mac(source);
        if (vlan != 0) {
            frame.putShort((short) 0x8100).putShort((short) vlan);
        }
        frame.putShort((short) etherType);
    }

    private void mac(final long address) {
        frame.putShort((short) (address >>> 32)).putInt((int) address);
    }

    private static long sum(final byte[] bytes) {
        long sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += (i & 1) == 0 ? (bytes[i] & 0xff) << 8 : bytes[i] & 0xff;
        }
        return sum;
    }

    private static int fold(final long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) ~folded & 0xffff;
    }

    byte[] bytes() {
        return Arrays.copyOf(frame.array(), frame.position());
    }
}

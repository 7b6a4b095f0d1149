package io.vswitch.core.packet;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/**
 * A random packet as values, and its bytes built field by field: the oracle of rewriting and
 * segmentation. One thread.
 */
public final class FrameSpec implements Cloneable {
    public long destinationMac = 0x0200_0000_0002L;
    public long sourceMac = 0x0200_0000_0001L;

    /** TPID << 16 | TCI of each tag, outermost first. */
    public int[] tags = {};

    public boolean v6;
    public byte[] sourceIp;
    public byte[] destinationIp;
    public int tos;
    public int ttl = 64;
    public int identification;

    /** IPv4 flags and offset, or the field of an IPv6 fragment header (0: none). */
    public int fragment;

    /** IPv6 destination options headers. */
    public int extensions;

    public byte[] ipOptions = {};
    public int protocol;
    public int sourcePort;
    public int destinationPort;
    public int sequence;
    public int tcpFlags = TcpHeader.ACK;
    public byte[] tcpOptions = {};
    public byte[] payload = {};

    /** UDP without checksum. */
    public boolean zeroChecksum;

    /** The checksum field holds the pseudo-header's sum. */
    public boolean partial;

    /**
     * A packet of random fields: TCP, UDP, ICMP echo or an unknown protocol, over IPv4 or IPv6,
     * with up to two tags.
     */
    public static FrameSpec random(final Random random, final int maxPayload) {
        final FrameSpec spec = new FrameSpec();
        spec.v6 = random.nextBoolean();
        spec.tags = new int[random.nextInt(3)];
        for (int i = 0; i < spec.tags.length; i++) {
            spec.tags[i] = (random.nextBoolean() ? 0x8100 : 0x88a8) << 16 | random.nextInt(0x10000);
        }
        spec.sourceIp = bytes(random, spec.v6 ? 16 : 4);
        spec.destinationIp = bytes(random, spec.v6 ? 16 : 4);
        spec.tos = random.nextInt(256);
        spec.ttl = 1 + random.nextInt(255);
        spec.identification = random.nextInt(0x10000);
        spec.extensions = spec.v6 ? random.nextInt(4) : 0;
        spec.ipOptions = new byte[spec.v6 ? 0 : 4 * random.nextInt(3)];
        java.util.Arrays.fill(spec.ipOptions, (byte) 1);
        final int[] protocols = {6, 17, spec.v6 ? 58 : 1, 47};
        spec.protocol = protocols[random.nextInt(protocols.length)];
        spec.sourcePort = random.nextInt(0x10000);
        spec.destinationPort = random.nextInt(0x10000);
        spec.sequence = random.nextInt();
        spec.tcpFlags = random.nextInt(256);
        spec.tcpOptions = bytes(random, 4 * random.nextInt(11));
        spec.payload = bytes(random, random.nextInt(maxPayload + 1));
        return spec;
    }

    public static byte[] bytes(final Random random, final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public FrameSpec clone() {
        try {
            return (FrameSpec) super.clone();
        } catch (final CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    public boolean isIcmp() {
        return protocol == (v6 ? 58 : 1);
    }

    public boolean isLaterFragment() {
        return (fragment & (v6 ? 0xfff8 : 0x1fff)) != 0;
    }

    /** Offset of the network header from the frame's start. */
    public int l3() {
        return 14 + 4 * tags.length;
    }

    /** Offset of the transport header from the frame's start. */
    public int l4() {
        final int header =
                v6 ? 40 + 8 * extensions + (fragment != 0 ? 8 : 0) : 20 + ipOptions.length;
        return l3() + header;
    }

    /** The frame, with right checksums (or partial, or none). */
    public byte[] build() {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        put(out, destinationMac, 6);
        put(out, sourceMac, 6);
        for (final int tag : tags) {
            put(out, tag, 4);
        }
        put(out, v6 ? 0x86dd : 0x0800, 2);
        final byte[] transport = transport();
        if (v6) {
            ipv6(out, transport.length);
        } else {
            ipv4(out, transport.length);
        }
        out.writeBytes(transport);
        return checksummed(out.toByteArray());
    }

    private byte[] checksummed(final byte[] frame) {
        final int known = isLaterFragment() ? 255 : protocol;
        NaiveChecksum.fill(frame, l3(), l4(), known, frame.length);
        final int field = NaiveChecksum.field(l4(), known);
        if (partial && field > 0) {
            final int length = frame.length - l4();
            final int pseudo =
                    protocol == 1 ? 0 : NaiveChecksum.pseudo(frame, l3(), protocol, length);
            NaiveChecksum.put(frame, field, pseudo);
        } else if (zeroChecksum && known == 17) {
            NaiveChecksum.put(frame, field, 0);
        }
        return frame;
    }

    private void ipv4(final ByteArrayOutputStream out, final int length) {
        put(out, 0x45 + ipOptions.length / 4, 1);
        put(out, tos, 1);
        put(out, 20 + ipOptions.length + length, 2);
        put(out, identification, 2);
        put(out, fragment, 2);
        put(out, ttl, 1);
        put(out, protocol, 1);
        put(out, 0, 2);
        out.writeBytes(sourceIp);
        out.writeBytes(destinationIp);
        out.writeBytes(ipOptions);
    }

    private void ipv6(final ByteArrayOutputStream out, final int length) {
        final int fragmentHeader = fragment != 0 ? 8 : 0;
        final int afterOptions = fragmentHeader > 0 ? 44 : protocol;
        put(out, 0x6000_0000L | (long) tos << 20 | 0x12345, 4);
        put(out, 8 * extensions + fragmentHeader + length, 2);
        put(out, extensions > 0 ? 60 : afterOptions, 1);
        put(out, ttl, 1);
        out.writeBytes(sourceIp);
        out.writeBytes(destinationIp);
        for (int i = 1; i <= extensions; i++) {
            put(out, (i < extensions ? 60L : afterOptions) << 56 | 0x0104_0000_0000L, 8);
        }
        if (fragmentHeader > 0) {
            put(out, (long) protocol << 56 | (long) fragment << 32 | 0x99, 8);
        }
    }

    private byte[] transport() {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!isLaterFragment()) {
            if (protocol == 6) {
                tcp(out);
            } else if (protocol == 17) {
                put(out, sourcePort, 2);
                put(out, destinationPort, 2);
                put(out, (8L + payload.length) << 16, 4);
            } else if (isIcmp()) {
                put(out, v6 ? 128 : 8, 1);
                put(out, 0, 3);
                put(out, sourcePort, 2);
                put(out, sequence, 2);
            }
        }
        out.writeBytes(payload);
        return out.toByteArray();
    }

    private void tcp(final ByteArrayOutputStream out) {
        put(out, sourcePort, 2);
        put(out, destinationPort, 2);
        put(out, sequence, 4);
        put(out, 0x0102_0304, 4);
        put(out, (5 + tcpOptions.length / 4) << 4, 1);
        put(out, tcpFlags, 1);
        put(out, 0xfff0_0000_0007L, 6);
        out.writeBytes(tcpOptions);
    }

    private static void put(final ByteArrayOutputStream out, final long value, final int length) {
        for (int shift = 8 * (length - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }
}

package io.vswitch.bench.load;

import io.vswitch.core.packet.Checksums;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes 64-byte TCP segments (60 without FCS) between the ports of a {@link LoadRig}. */
final class Segments {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int ACK = 16;
    static final long SERVER_MAC = 0x02_00_00_00_00_02L;
    private static final long CLIENT_MAC = 0x02_00_00_00_00_01L;
    private static final long STRANGER_MAC = 0x02_00_00_00_00_03L;

    /** First octet of whoever is served and must go on being served. */
    static final int CLIENT_NET = 10;

    /** Where a client's segment says which connection it is of. */
    static final int SEQUENCE = 38;

    private static final int SERVER_IP = 0x0a80_0001;
    private static final int SERVER_PORT = 80;

    private Segments() {}

    /** A client's segment to the server. */
    static void fromClient(
            final UnsafeBuffer b, final int at, final long connection, final int flags) {
        macs(b, at, SERVER_MAC, CLIENT_MAC);
        final int ip = CLIENT_NET << 24 | (int) (connection >>> 10);
        segment(b, at, ip, SERVER_IP, 1024 + (int) (connection & 1023), SERVER_PORT, flags);
        b.putInt(at + SEQUENCE, (int) connection, ByteOrder.BIG_ENDIAN);
    }

    /** The server's answer to whom it sees as the client. */
    static void fromServer(
            final UnsafeBuffer b, final int at, final int ip, final int port, final int flags) {
        macs(b, at, CLIENT_MAC, SERVER_MAC);
        segment(b, at, SERVER_IP, ip, SERVER_PORT, port, flags);
    }

    /** A SYN to the server from an address and port that no other number has. */
    static void flood(final UnsafeBuffer b, final int at, final long number) {
        macs(b, at, SERVER_MAC, STRANGER_MAC);
        final int ip = 0xac10_0000 | (int) (number >>> 16) & 0xf_ffff;
        segment(b, at, ip, SERVER_IP, (int) number & 0xffff, SERVER_PORT, SYN);
    }

    /** Anything: every field that a rule may look at is drawn anew from the number. */
    static void any(final UnsafeBuffer b, final int at, final long number) {
        final long one = mix(number * 2 + 1);
        final long two = mix(one + number);
        final long to = (number & 1) == 0 ? SERVER_MAC : 0x02_00_00_00_00_00L | two & 0xff_ffff;
        macs(b, at, to, STRANGER_MAC);
        final int source = (int) one & 0x3f_ffff | 10 << 24;
        final int destination = (int) (one >>> 32) & 0x3f_ffff | 10 << 24;
        final int port = (two & 1) == 0 ? SERVER_PORT : (int) (two >>> 16) & 0xffff;
        segment(b, at, source, destination, (int) (two >>> 32) & 0xffff, port, ACK);
    }

    private static long mix(final long value) {
        final long a = (value ^ value >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        final long b = (a ^ a >>> 27) * 0x94d0_49bb_1331_11ebL;
        return b ^ b >>> 31;
    }

    private static void macs(
            final UnsafeBuffer b, final int at, final long destination, final long source) {
        b.putLong(at, destination << 16, ByteOrder.BIG_ENDIAN);
        b.putLong(at + 6, source << 16 | 0x0800, ByteOrder.BIG_ENDIAN);
    }

    private static void segment(
            final UnsafeBuffer b,
            final int at,
            final int source,
            final int destination,
            final int sourcePort,
            final int destinationPort,
            final int flags) {
        b.setMemory(at + 14, OfferedPort.FRAME_LENGTH - 14, (byte) 0);
        b.putByte(at + 14, (byte) 0x45);
        b.putShort(at + 16, (short) 46, ByteOrder.BIG_ENDIAN);
        b.putByte(at + 22, (byte) 64);
        b.putByte(at + 23, (byte) 6);
        b.putInt(at + 26, source, ByteOrder.BIG_ENDIAN);
        b.putInt(at + 30, destination, ByteOrder.BIG_ENDIAN);
        Checksums.putIpv4(b, at + 14);
        b.putShort(at + 34, (short) sourcePort, ByteOrder.BIG_ENDIAN);
        b.putShort(at + 36, (short) destinationPort, ByteOrder.BIG_ENDIAN);
        b.putByte(at + 46, (byte) 0x50);
        b.putByte(at + 47, (byte) flags);
    }
}

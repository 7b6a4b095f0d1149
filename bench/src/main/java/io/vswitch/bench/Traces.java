package io.vswitch.bench;

import io.vswitch.core.packet.Checksums;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes traces of 64-byte UDP frames (60 without FCS) of distinct flows, in random order. */
final class Traces {
    static final int FRAME_LENGTH = 60;
    static final long MAC_IN = 0x02_00_00_00_00_01L;
    static final long MAC_OUT = 0x02_00_00_00_00_02L;

    private Traces() {}

    /** One frame per flow, from {@link #MAC_IN} to {@link #MAC_OUT}, shuffled with a fixed seed. */
    static UnsafeBuffer flows(final int count) {
        final int[] order = new int[count];
        final Random random = new Random(42);
        for (int i = 0; i < count; i++) {
            final int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        final UnsafeBuffer trace =
                new UnsafeBuffer(ByteBuffer.allocateDirect(count * FRAME_LENGTH));
        for (int i = 0; i < count; i++) {
            udp(trace, i * FRAME_LENGTH, MAC_IN, MAC_OUT, order[i]);
        }
        return trace;
    }

    /** The first segment of so many TCP connections, shuffled likewise. */
    static UnsafeBuffer connections(final int count) {
        final UnsafeBuffer trace = flows(count);
        for (int at = 0; at < trace.capacity(); at += FRAME_LENGTH) {
            trace.putByte(at + 23, (byte) 6);
            trace.putShort(at + 24, (short) 0);
            Checksums.putIpv4(trace, at + 14);
            trace.setMemory(at + 38, FRAME_LENGTH - 38, (byte) 0);
            trace.putByte(at + 46, (byte) 0x50);
            trace.putByte(at + 47, (byte) 2);
        }
        return trace;
    }

    /** One frame from {@link #MAC_OUT} to everybody, by which the switch learns where it is. */
    static UnsafeBuffer hello() {
        final UnsafeBuffer trace = new UnsafeBuffer(ByteBuffer.allocateDirect(FRAME_LENGTH));
        udp(trace, 0, MAC_OUT, 0xffff_ffff_ffffL, 0);
        return trace;
    }

    private static void udp(
            final UnsafeBuffer b,
            final int at,
            final long source,
            final long destination,
            final int flow) {
        b.putLong(at, destination << 16, ByteOrder.BIG_ENDIAN);
        b.putLong(at + 6, source << 16 | 0x0800, ByteOrder.BIG_ENDIAN);
        b.putByte(at + 14, (byte) 0x45);
        b.putShort(at + 16, (short) (FRAME_LENGTH - 14), ByteOrder.BIG_ENDIAN);
        b.putByte(at + 22, (byte) 64);
        b.putByte(at + 23, (byte) 17);
        b.putInt(at + 26, 0x0a000000 + (flow >>> 10), ByteOrder.BIG_ENDIAN);
        b.putInt(at + 30, 0x0a800001, ByteOrder.BIG_ENDIAN);
        Checksums.putIpv4(b, at + 14);
        b.putShort(at + 34, (short) (1024 + (flow & 1023)), ByteOrder.BIG_ENDIAN);
        b.putShort(at + 36, (short) 80, ByteOrder.BIG_ENDIAN);
        b.putShort(at + 38, (short) (FRAME_LENGTH - 34), ByteOrder.BIG_ENDIAN);
    }
}

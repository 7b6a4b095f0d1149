package io.vswitch.bench.rulechange;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.UdpHeader;
import io.vswitch.core.port.MemoryPort;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Numbered UDP packets of {@link #FLOWS} flows from one memory port to another, on a thread of its
 * own; packet n belongs to flow n modulo FLOWS. The switch keeps their order, so what was received
 * tells what has been processed.
 */
final class FlowTraffic implements Runnable {
    /** Flows, told apart by destination port. */
    static final int FLOWS = 64;

    /** Destination port of flow 0. */
    static final int FIRST_PORT = 2000;

    /** Most packets of one run. */
    static final long MOST_PACKETS = 1L << 27;

    private static final int FRAME_LENGTH = 60;
    private static final int L4 = EthernetHeader.LENGTH + Ipv4Header.MIN_LENGTH;
    private static final int NUMBER_OFFSET = L4 + UdpHeader.LENGTH;
    private static final int WINDOW = 1024;
    private static final int BURST = 32;
    private static final long PAUSE_NS = 20_000;
    private static final long MAC_A = 0x02_00_00_00_00_0aL;
    private static final long MAC_B = 0x02_00_00_00_00_0bL;

    private final MemoryPort from;
    private final MemoryPort to;
    private final UnsafeBuffer frame = frame(MAC_B, MAC_A);
    private final AtomicLong claimed = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final long[] arrived = new long[(int) (MOST_PACKETS / Long.SIZE)];
    private volatile boolean running = true;
    private volatile long disordered;

    FlowTraffic(final MemoryPort from, final MemoryPort to) {
        this.from = from;
        this.to = to;
    }

    private static UnsafeBuffer frame(final long destination, final long source) {
        final UnsafeBuffer b = new UnsafeBuffer(new byte[FRAME_LENGTH]);
        EthernetHeader.addresses(b, 0, destination, source);
        b.putShort(12, (short) EthernetHeader.TYPE_IPV4, ByteOrder.BIG_ENDIAN);
        final int l3 = EthernetHeader.LENGTH;
        b.putByte(l3, (byte) 0x45);
        b.putShort(
                l3 + Ipv4Header.TOTAL_LENGTH_OFFSET,
                (short) (FRAME_LENGTH - l3),
                ByteOrder.BIG_ENDIAN);
        b.putByte(l3 + Ipv4Header.TTL_OFFSET, (byte) 64);
        b.putByte(l3 + Ipv4Header.PROTOCOL_OFFSET, (byte) 17);
        b.putInt(l3 + Ipv4Header.SOURCE_OFFSET, 0x0a5a0001, ByteOrder.BIG_ENDIAN);
        b.putInt(l3 + Ipv4Header.DESTINATION_OFFSET, 0x0a5a0002, ByteOrder.BIG_ENDIAN);
        Checksums.putIpv4(b, l3);
        b.putShort(L4, (short) 1000, ByteOrder.BIG_ENDIAN);
        b.putShort(L4 + 2, (short) FIRST_PORT, ByteOrder.BIG_ENDIAN);
        b.putShort(L4 + UdpHeader.LENGTH_OFFSET, (short) (FRAME_LENGTH - L4), ByteOrder.BIG_ENDIAN);
        return b;
    }

    /** A frame of the receiver, so that the switch learns where its MAC is. */
    void announce() {
        to.send(frame(MAC_A, MAC_B), 0, FRAME_LENGTH);
    }

    @Override
    public void run() {
        while (running && claimed.get() < MOST_PACKETS - 1) {
            sendBurst();
            receiveAll();
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /** Ends {@link #run}; later calls of {@link #receiveAll} take what is still on its way. */
    void stop() {
        running = false;
    }

    private void sendBurst() {
        for (int i = 0; i < BURST && claimed.get() - received.get() < WINDOW; i++) {
            final long number = claimed.get() + 1;
            frame.putShort(L4 + 2, (short) (FIRST_PORT + number % FLOWS), ByteOrder.BIG_ENDIAN);
            frame.putLong(NUMBER_OFFSET, number);
            claimed.setRelease(number); // before sending: see claimed()
            while (!from.send(frame, 0, FRAME_LENGTH)) {
                Thread.onSpinWait();
            }
        }
    }

    /** Takes all packets that came; on the traffic's thread, or on another one after it ended. */
    int receiveAll() {
        return to.receive(
                (buffer, offset, length) -> arrive(buffer.getLong(offset + NUMBER_OFFSET)), WINDOW);
    }

    private void arrive(final long number) {
        if (number <= received.get() || number > claimed.get()) {
            disordered++;
        } else {
            arrived[(int) (number >>> 6)] |= 1L << number;
            received.setRelease(number);
        }
    }

    /**
     * Number of the last packet sent, or about to be: whatever has a higher number is sent after
     * this call.
     */
    long claimed() {
        return claimed.getAcquire();
    }

    /** Number of the last packet received: all up to it have been processed before this call. */
    long received() {
        return received.getAcquire();
    }

    /** Packets that came twice, out of order or unsent. */
    long disordered() {
        return disordered;
    }

    /** Whether a packet was received; after the traffic's thread has ended. */
    boolean hasArrived(final long number) {
        return (arrived[(int) (number >>> 6)] & 1L << number) != 0;
    }
}

package io.vswitch.vxlan;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.DatagramQueue;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.port.Underlay;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.agrona.concurrent.UnsafeBuffer;

/** An underlay of the test: hands over messages it was given, and keeps what is sent. */
final class ScriptedUnderlay implements Underlay, DatagramQueue {
    final Queue<Message> toReceive = new ArrayDeque<>();
    final List<Message> sent = new ArrayList<>();
    DropReason fails;
    int maxSegments = MAX_SEGMENTS;
    int mtu = 1500;
    private final InetAddress local;
    private final List<Message> received = new ArrayList<>();
    private final List<Integer> slabs = new ArrayList<>();
    private final List<Message> pending = new ArrayList<>();
    private final List<byte[]> pieces = new ArrayList<>();
    private InetAddress to;
    private int lane;
    private int trafficClass;

    /** A datagram or a train. */
    record Message(InetAddress peer, int lane, int trafficClass, int segmentBytes, byte[] bytes) {
        /** The datagrams it stands for. */
        List<byte[]> datagrams() {
            final List<byte[]> datagrams = new ArrayList<>();
            final int step = segmentBytes == 0 ? Math.max(1, bytes.length) : segmentBytes;
            int at = 0;
            do {
                final int length = Math.min(step, bytes.length - at);
                final byte[] datagram = new byte[length];
                System.arraycopy(bytes, at, datagram, 0, length);
                datagrams.add(datagram);
                at += length;
            } while (at < bytes.length);
            return datagrams;
        }
    }

    ScriptedUnderlay(final String local) {
        this.local = OverlayHost.address(local);
    }

    void deliver(final String from, final int segmentBytes, final byte[] bytes) {
        deliver(from, 0, segmentBytes, bytes);
    }

    void deliver(
            final String from,
            final int receivedClass,
            final int segmentBytes,
            final byte[] bytes) {
        toReceive.add(
                new Message(OverlayHost.address(from), 0, receivedClass, segmentBytes, bytes));
    }

    @Override
    public int receive(final PacketPool pool) {
        received.clear();
        slabs.clear();
        while (!toReceive.isEmpty() && received.size() < 4) {
            final int slab = pool.allocateLarge();
            if (slab == PacketPool.NONE) {
                break;
            }
            final Message message = toReceive.remove();
            pool.buffer().putBytes(pool.frameOffset(slab), message.bytes);
            received.add(message);
            slabs.add(slab);
        }
        return received.size();
    }

    @Override
    public int slab(final int message) {
        return slabs.get(message);
    }

    @Override
    public int length(final int message) {
        return received.get(message).bytes.length;
    }

    @Override
    public int segmentBytes(final int message) {
        final int segment = received.get(message).segmentBytes;
        return segment == 0 ? length(message) : segment;
    }

    @Override
    public long sourceHigh(final int message) {
        return Remotes.high(received.get(message).peer);
    }

    @Override
    public long sourceLow(final int message) {
        return Remotes.low(received.get(message).peer);
    }

    @Override
    public int trafficClass(final int message) {
        return received.get(message).trafficClass;
    }

    @Override
    public void begin(
            final long high, final long low, final int newLane, final int newTrafficClass) {
        final Remotes remotes = new Remotes(1);
        to = remotes.address(remotes.add(high, low));
        lane = newLane;
        trafficClass = newTrafficClass;
        pieces.clear();
    }

    @Override
    public void piece(final long address, final int lengthBytes) {
        final byte[] bytes = new byte[lengthBytes];
        new UnsafeBuffer(address, lengthBytes).getBytes(0, bytes);
        pieces.add(bytes);
    }

    @Override
    public void end(final int segmentBytes) {
        int length = 0;
        for (final byte[] piece : pieces) {
            length += piece.length;
        }
        final byte[] whole = new byte[length];
        int at = 0;
        for (final byte[] piece : pieces) {
            System.arraycopy(piece, 0, whole, at, piece.length);
            at += piece.length;
        }
        if (length > MAX_MESSAGE_BYTES) {
            throw new IllegalStateException("message of " + length + " bytes");
        }
        pending.add(new Message(to, lane, trafficClass, segmentBytes, whole));
        if (pending.size() > MAX_MESSAGES
                || pending.get(pending.size() - 1).datagrams().size() > maxSegments) {
            throw new IllegalStateException("too many messages, or datagrams in one");
        }
    }

    @Override
    public void flush() {
        if (fails == null) {
            sent.addAll(pending);
        }
        pending.clear();
    }

    @Override
    public DropReason failure(final int message) {
        return fails;
    }

    @Override
    public int maxSegments() {
        return maxSegments;
    }

    @Override
    public int fileDescriptor() {
        return PortQueue.NO_FILE_DESCRIPTOR;
    }

    @Override
    public InetAddress local() {
        return local;
    }

    @Override
    public int port() {
        return VxlanHeader.UDP_PORT;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public boolean hasUdpSegmentation() {
        return true;
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public DatagramQueue queue(final int worker) {
        return this;
    }

    @Override
    public void close() {
        // holds nothing
    }
}

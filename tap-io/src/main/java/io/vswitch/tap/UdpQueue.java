package io.vswitch.tap;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.DatagramQueue;

/** One worker's UDP sockets; owned by it. */
final class UdpQueue implements DatagramQueue {
    private final UdpReceiver receiver;
    private final UdpSender sender;
    private final int fd;
    private final int maxSegments;

    UdpQueue(final UdpSocket receiving, final UdpSocket[] sending, final UdpOptions options) {
        receiver = new UdpReceiver(receiving);
        sender = new UdpSender(sending, options);
        fd = receiving.fd();
        maxSegments = options.checksum() ? MAX_SEGMENTS : 1;
    }

    @Override
    public int maxSegments() {
        return maxSegments;
    }

    @Override
    public int receive(final PacketPool pool) {
        return receiver.receive(pool);
    }

    @Override
    public int slab(final int message) {
        return receiver.slab(message);
    }

    @Override
    public int length(final int message) {
        return receiver.length(message);
    }

    @Override
    public int segmentBytes(final int message) {
        return receiver.segmentBytes(message);
    }

    @Override
    public long sourceHigh(final int message) {
        return receiver.sourceHigh(message);
    }

    @Override
    public long sourceLow(final int message) {
        return receiver.sourceLow(message);
    }

    @Override
    public int trafficClass(final int message) {
        return receiver.trafficClass(message);
    }

    @Override
    public void begin(final long high, final long low, final int lane, final int trafficClass) {
        sender.begin(high, low, lane, trafficClass);
    }

    @Override
    public void piece(final long address, final int lengthBytes) {
        sender.piece(address, lengthBytes);
    }

    @Override
    public void end(final int segmentBytes) {
        sender.end(segmentBytes);
    }

    @Override
    public void flush() {
        sender.flush();
    }

    @Override
    public DropReason failure(final int message) {
        return sender.failure(message);
    }

    @Override
    public void pathMtus(final PathMtuHandler handler) {
        sender.pathMtus(handler);
    }

    @Override
    public int fileDescriptor() {
        return fd;
    }
}

package io.vswitch.core.port;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;

/**
 * One worker's way to send and receive datagrams, in messages: a message is one datagram, or a
 * train of datagrams of one length (the last may be shorter) that crosses the kernel as one. Every
 * method runs on the worker that owns it; none blocks, allocates or throws.
 *
 * <p>Addresses are two longs in network order, IPv4 as an IPv4-mapped IPv6 address (RFC 4291
 * section 2.5.5.2).
 */
public interface DatagramQueue {
    /** Most messages of one {@link #receive}, or between two {@link #flush}es. */
    int MAX_MESSAGES = 64;

    /** Most datagrams of a train (UDP_MAX_SEGMENTS of Linux 4.18). */
    int MAX_SEGMENTS = 64;

    /** Most bytes of a message over either address family. */
    int MAX_MESSAGE_BYTES = 65_487;

    /** Most {@link #piece}s between two {@link #flush}es. */
    int MAX_PIECES = 512;

    /**
     * Receives messages, each into a large slab of which the caller gets the reference.
     *
     * @return messages received; they can be asked for until the next call.
     */
    int receive(PacketPool pool);

    /** Slab of a received message. */
    int slab(int message);

    /** Where in the pool's buffer a received message begins. */
    default int offset(final int message, final PacketPool pool) {
        return pool.frameOffset(slab(message));
    }

    /** Bytes of a received message. */
    int length(int message);

    /** Bytes of each datagram of a received train but the last; of a single one, its length. */
    int segmentBytes(int message);

    /** Sender of a received message, high half. */
    long sourceHigh(int message);

    /** Sender of a received message, low half. */
    long sourceLow(int message);

    /** DSCP and ECN of a received message, as in the IP header: {@code dscp << 2 | ecn}. */
    int trafficClass(int message);

    /**
     * Begins a message to be sent.
     *
     * @param high destination, high half.
     * @param low destination, low half.
     * @param lane selects the source port; any number: the same one keeps the port.
     * @param trafficClass as {@link #trafficClass(int)}.
     */
    void begin(long high, long low, int lane, int trafficClass);

    /** Adds memory to the message, which must stay as it is until {@link #flush}. */
    void piece(long address, int lengthBytes);

    /** Ends the message; {@code segmentBytes} is 0 for a single datagram. */
    void end(int segmentBytes);

    /** Sends all messages that were ended; those to one lane in this order. */
    void flush();

    /** Why a message of the last {@link #flush} was not sent, or null; by order of beginning. */
    DropReason failure(int message);

    /** Hands over what was learned, with the last {@link #flush}, of ways that take less. */
    default void pathMtus(final PathMtuHandler handler) {}

    /** Told of a way through the underlay that takes less than its first device. */
    @FunctionalInterface
    interface PathMtuHandler {
        /**
         * @param high destination, high half.
         * @param low destination, low half.
         * @param mtu largest IP packet that gets there, bytes; as the network says, unchecked.
         */
        void onPathMtu(long high, long low, int mtu);
    }

    /**
     * Whether the underlay left work undone on the frame in a received message, which is then one
     * datagram: a super-frame, or an open checksum.
     */
    default boolean isUnfinished(final int message) {
        return false;
    }

    /** Tells in the slot of an {@linkplain #isUnfinished unfinished} frame what is left to do. */
    default void offload(final int message, final PacketBatch batch, final int slot) {}

    /**
     * Whether the kernel takes super-frames in tunnel packets to this destination, and cuts them
     * there where a device can't: {@link #sendWhole}.
     */
    default boolean takesWhole(final long high, final long low) {
        return false;
    }

    /**
     * Sends a super-frame as it is, now, with the tunnel's own header already before it; so nothing
     * of its flow may wait for {@link #flush}. The bytes before that header are overwritten.
     *
     * @param lane as of {@link #begin}.
     * @param trafficClass as of {@link #begin}.
     * @param shimBytes length of the header between UDP's and the frame.
     * @return why it was not sent, or null.
     */
    default DropReason sendWhole(
            final long high,
            final long low,
            final int lane,
            final int trafficClass,
            final PacketBatch batch,
            final int slot,
            final int shimBytes) {
        return DropReason.TX_ERROR;
    }

    /** Most datagrams of a train that is sent: {@link #MAX_SEGMENTS}, or 1 where none can be. */
    int maxSegments();

    /** Descriptor that is readable when {@link #receive} has something. */
    int fileDescriptor();
}

package io.vswitch.core.engine;

import io.vswitch.core.l2.Location;
import io.vswitch.core.l2.MacLearning;
import io.vswitch.core.l2.MacTable;
import java.nio.ByteBuffer;
import java.util.List;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * MAC learning of one worker. Each worker keeps the whole MAC tables by itself, single writer; what
 * one learns, or sees again, it announces to the others over rings. An announcement that finds a
 * ring full is lost and made again about a second later. Owned by the worker; the peers write to
 * its inbox.
 *
 * <pre>
 *   announcement: MAC (8) | network id (4) | location (4) | generation (8)
 * </pre>
 */
final class Learning {
    private static final int LENGTH = 24;
    private static final int RING_BYTES = 64 * 1024;
    private static final int DRAIN_LIMIT = 256;

    private final ManyToOneRingBuffer inbox =
            new ManyToOneRingBuffer(
                    new UnsafeBuffer(
                            ByteBuffer.allocateDirect(
                                    RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));

    /** Kept: a method reference made per call would be garbage per cycle. */
    private final MessageHandler handler = this::onAnnouncement;

    private Learning[] peers = {};
    private SwitchSnapshot snapshot = SwitchSnapshot.EMPTY;
    private MacTable[] macs = {};
    private long nowNs;

    /** Makes each tell the others what it learns; before the workers start. */
    static void connect(final List<Learning> all) {
        for (final Learning one : all) {
            one.peers = all.stream().filter(other -> other != one).toArray(Learning[]::new);
        }
    }

    void onSnapshot(final SwitchSnapshot next, final MacTable[] tables) {
        snapshot = next;
        macs = tables;
    }

    /** A frame from this MAC came in from a {@link Location} of the network. */
    void learn(final int network, final long mac, final int location, final long now) {
        final Router router = snapshot.network(network).router();
        if (router != null && mac == router.mac()) {
            // of another switch that routed the packet; the router is here, too
            return;
        }
        final MacLearning result = macs[network].learn(mac, location, now);
        if (peers.length != 0 && result != MacLearning.REFUSED) {
            for (final Learning peer : peers) {
                announce(peer.inbox, network, mac, location);
            }
        }
    }

    private void announce(
            final ManyToOneRingBuffer ring, final int network, final long mac, final int location) {
        final int index = ring.tryClaim(1, LENGTH);
        if (index > 0) {
            final MutableDirectBuffer buffer = ring.buffer();
            buffer.putLong(index, mac);
            buffer.putInt(index + 8, network);
            buffer.putInt(index + 12, location);
            buffer.putLong(index + 16, snapshot.generation());
            ring.commit(index);
        }
    }

    /** Takes in what the peers announced. */
    int drain(final long now) {
        if (peers.length == 0) {
            return 0;
        }
        nowNs = now;
        return inbox.read(handler, DRAIN_LIMIT);
    }

    /** Announcements of another generation are ignored: ids may mean other ports there. */
    private void onAnnouncement(
            final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        final int network = buffer.getInt(index + 8);
        if (buffer.getLong(index + 16) == snapshot.generation() && macs[network] != null) {
            macs[network].learn(buffer.getLong(index), buffer.getInt(index + 12), nowNs);
        }
    }
}

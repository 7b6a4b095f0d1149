package io.vswitch.core.state;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.Translation;

/** A connection that a decision wants to open; one evaluating thread, reused. */
final class PendingOpen {
    final long[] key = new long[ConnectionKey.WORDS];

    /** Key of its replies. */
    final long[] reply = new long[ConnectionKey.WORDS];

    long destination;
    long source;
    int opener;

    /** That the first packet was translated by, or null. */
    Translation translation;

    private boolean bound;

    /** Takes the first packet as the layer sees it. */
    void begin(final long[] packetKey, final Direction direction, final HeaderFields packet) {
        System.arraycopy(packetKey, 0, key, 0, ConnectionKey.STORED_WORDS);
        destination = packet.destinationMac << 16 | packet.etherType;
        source = packet.sourceMac << 16 | packet.ingressPort;
        opener = ConnectionTable.opener(packet.tcpFlags, direction);
        translation = null;
        bound = false;
    }

    /**
     * Takes the first packet as the layer translated it.
     *
     * @param ownSource whether its source is to be no other connection's.
     */
    void translated(
            final Translation by,
            final int portId,
            final int layer,
            final HeaderFields packet,
            final boolean ownSource) {
        ConnectionKey.fill(reply, portId, layer, ConnectionTable.direction(opener), packet);
        translation = by;
        bound = ownSource;
    }

    boolean isTranslated() {
        return translation != null;
    }

    boolean isBound() {
        return bound;
    }

    /** Why it couldn't be opened, by what {@link ConnectionTable#open} returned. */
    static DropReason refusal(final int result) {
        if (result == ConnectionTable.CONFLICT) {
            return DropReason.NAT_EXHAUSTED;
        }
        return result == ConnectionTable.LIMIT
                ? DropReason.CONNECTION_LIMIT
                : DropReason.CONNECTIONS_FULL;
    }
}

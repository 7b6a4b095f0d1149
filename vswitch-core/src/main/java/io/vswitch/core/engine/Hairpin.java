package io.vswitch.core.engine;

import io.vswitch.core.l2.Location;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.state.ConnectionTracker;

/**
 * Finds packets that a port's layers translated on their way out of it, and that are for an address
 * which the same layers would translate on the way in: they turn round at the port (RFC 4787
 * REQ-9). Owned by one worker, reused.
 */
final class Hairpin {
    private final HeaderFields turned = new HeaderFields();
    private final PolicyDecision probe = new PolicyDecision();
    private final ConnectionTracker connections;
    private int location;

    /**
     * @param connections of stateful layers; null: nothing turns round.
     */
    Hairpin(final ConnectionTracker connections) {
        this.connections = connections;
        probe.state(connections);
    }

    /**
     * Looks whether a packet turns round; changes nothing.
     *
     * @param port whose inbound layers it has passed.
     * @param arrived as it came to those layers.
     * @param left as they left it.
     * @param macs of the network.
     */
    boolean turns(
            final PortState port,
            final HeaderFields arrived,
            final HeaderFields left,
            final MacTable macs) {
        if (connections == null
                || macs == null
                || port.policy().statefulLayers().length == 0
                || arrived.sourceLow == left.sourceLow && arrived.sourceHigh == left.sourceHigh) {
            return false;
        }
        final int mark = connections.mark();
        turned.copyFrom(left);
        turn(turned);
        probe.reset();
        port.policy().evaluate(Direction.OUTBOUND, turned, probe, null);
        connections.backTo(mark);
        final boolean translated =
                turned.destinationLow != left.destinationLow
                        || turned.destinationHigh != left.destinationHigh;
        if (probe.isDropped() || !translated) {
            return false;
        }
        location = macs.lookup(turned.destinationMac);
        return location != Location.NONE && Location.port(location) != port.id();
    }

    /** As if a router had sent it back: from the MAC that it was sent to. */
    static void turn(final HeaderFields packet) {
        packet.sourceMac = packet.destinationMac;
    }

    /** Where the packet goes that was last found to turn round. */
    int location() {
        return location;
    }
}

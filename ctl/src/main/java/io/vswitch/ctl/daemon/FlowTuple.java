package io.vswitch.ctl.daemon;

import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.view.ConnectionInfo;

/** Protocol, addresses and ports of the packets of one direction; immutable. */
record FlowTuple(
        int etherType,
        int protocol,
        long sourceHigh,
        long sourceLow,
        long destinationHigh,
        long destinationLow,
        int sourcePort,
        int destinationPort) {
    private static final int TCP = 6;
    private static final int UDP = 17;

    static FlowTuple of(final HeaderFields f) {
        final boolean ports = f.protocol == TCP || f.protocol == UDP;
        return new FlowTuple(
                f.etherType,
                f.protocol,
                f.sourceHigh,
                f.sourceLow,
                f.destinationHigh,
                f.destinationLow,
                f.sourcePort,
                ports ? f.destinationPort : f.sourcePort);
    }

    /** Of the packets that answer these. */
    FlowTuple reversed() {
        return new FlowTuple(
                etherType,
                protocol,
                destinationHigh,
                destinationLow,
                sourceHigh,
                sourceLow,
                destinationPort,
                sourcePort);
    }

    /** Of the replies of a connection, as they come. */
    static FlowTuple ofReplies(final ConnectionInfo connection) {
        final boolean translated = connection.translated() != null;
        return of(translated ? connection.translated() : connection.opener()).reversed();
    }
}

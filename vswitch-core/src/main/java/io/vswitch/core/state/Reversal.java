package io.vswitch.core.state;

import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.policy.HeaderFields;

/** Takes a translation back in a reply; stateless. */
final class Reversal {
    private Reversal() {}

    /**
     * Rewrites a reply so that the opener knows it again.
     *
     * @param before the first packet of the connection.
     * @param after the same, translated.
     * @param reply that answers {@code after}.
     */
    static void apply(
            final HeaderFields before, final HeaderFields after, final HeaderFields reply) {
        reply.destinationHigh = before.sourceHigh;
        reply.destinationLow = before.sourceLow;
        reply.sourceHigh = before.destinationHigh;
        reply.sourceLow = before.destinationLow;
        if (reply.protocol == IpProtocol.TCP || reply.protocol == IpProtocol.UDP) {
            reply.destinationPort = before.sourcePort;
            reply.sourcePort = before.destinationPort;
        } else {
            reply.sourcePort = before.sourcePort;
        }
        macs(before, after, reply);
    }

    /** Whoever sent to a source that isn't the opener's need not know the opener's MAC. */
    private static void macs(
            final HeaderFields before, final HeaderFields after, final HeaderFields reply) {
        final boolean otherSource =
                before.sourceLow != after.sourceLow || before.sourceHigh != after.sourceHigh;
        if (otherSource || before.sourceMac != after.sourceMac) {
            reply.destinationMac = before.sourceMac;
        }
        if (before.destinationMac != after.destinationMac) {
            reply.sourceMac = before.destinationMac;
        }
    }
}

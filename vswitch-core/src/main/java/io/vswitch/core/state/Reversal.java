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
        ports(before.destinationPort, before.sourcePort, before.sourcePort, reply);
        macs(before, after, reply);
    }

    /**
     * Rewrites an ICMP error about a packet of the connection, and the packet it quotes. A router
     * that reports keeps its own address, unless it stands where addresses are hidden.
     *
     * @param fromOpener whether the error goes the opener's way, about a reply.
     */
    static void applyToError(
            final HeaderFields before,
            final HeaderFields after,
            final boolean fromOpener,
            final HeaderFields error) {
        final HeaderFields quoted = error.quoted;
        final boolean source = isSourceChanged(before, after);
        final boolean destination = isDestinationChanged(before, after);
        if (fromOpener) {
            putSource(source, after.sourceHigh, after.sourceLow, error);
            putDestination(destination, after.destinationHigh, after.destinationLow, error);
            putDestination(true, after.sourceHigh, after.sourceLow, quoted);
            putSource(true, after.destinationHigh, after.destinationLow, quoted);
            ports(after.destinationPort, after.sourcePort, after.sourcePort, quoted);
            if (before.sourceMac != after.sourceMac) {
                error.sourceMac = after.sourceMac;
            }
            if (before.destinationMac != after.destinationMac) {
                error.destinationMac = after.destinationMac;
            }
        } else {
            putDestination(source, before.sourceHigh, before.sourceLow, error);
            putSource(destination, before.destinationHigh, before.destinationLow, error);
            putSource(true, before.sourceHigh, before.sourceLow, quoted);
            putDestination(true, before.destinationHigh, before.destinationLow, quoted);
            ports(before.sourcePort, before.destinationPort, before.sourcePort, quoted);
            macs(before, after, error);
        }
    }

    private static boolean isSourceChanged(final HeaderFields before, final HeaderFields after) {
        return before.sourceLow != after.sourceLow || before.sourceHigh != after.sourceHigh;
    }

    private static boolean isDestinationChanged(
            final HeaderFields before, final HeaderFields after) {
        return before.destinationLow != after.destinationLow
                || before.destinationHigh != after.destinationHigh;
    }

    private static void putSource(
            final boolean put, final long high, final long low, final HeaderFields fields) {
        if (put) {
            fields.sourceHigh = high;
            fields.sourceLow = low;
        }
    }

    private static void putDestination(
            final boolean put, final long high, final long low, final HeaderFields fields) {
        if (put) {
            fields.destinationHigh = high;
            fields.destinationLow = low;
        }
    }

    private static void ports(
            final int source,
            final int destination,
            final int identifier,
            final HeaderFields fields) {
        if (fields.protocol == IpProtocol.TCP || fields.protocol == IpProtocol.UDP) {
            fields.sourcePort = source;
            fields.destinationPort = destination;
        } else {
            fields.sourcePort = identifier;
        }
    }

    /** Whoever sent to a source that isn't the opener's need not know the opener's MAC. */
    private static void macs(
            final HeaderFields before, final HeaderFields after, final HeaderFields reply) {
        if (isSourceChanged(before, after) || before.sourceMac != after.sourceMac) {
            reply.destinationMac = before.sourceMac;
        }
        if (before.destinationMac != after.destinationMac) {
            reply.sourceMac = before.destinationMac;
        }
    }
}

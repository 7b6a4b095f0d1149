package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.NatPorts;
import io.vswitch.core.policy.Translation;

/** Gives connections one destination; immutable, any thread. */
final class DestinationTranslation implements Translation {
    private final IpAddress address;
    private final int firstPort;
    private final int matchedFirst;
    private final MacChange macs;

    /**
     * @param firstPort of a range that stands for the ports from {@code matchedFirst} on, the new
     *     port when there is one only, or {@link NatSpec#KEEP_PORT}.
     * @param matchedFirst -1: all become {@code firstPort}.
     */
    DestinationTranslation(
            final IpAddress address,
            final int firstPort,
            final int matchedFirst,
            final MacChange macs) {
        this.address = address;
        this.firstPort = firstPort;
        this.matchedFirst = matchedFirst;
        this.macs = macs;
    }

    @Override
    public DropReason choose(final HeaderFields fields, final NatPorts ports) {
        if (address.isIpv6() != fields.isIpv6()) {
            return DropReason.REWRITE_IMPOSSIBLE;
        }
        fields.destinationHigh = address.high();
        fields.destinationLow = address.low();
        fields.destinationPort = port(fields.destinationPort);
        macs.apply(fields);
        return null;
    }

    private int port(final int before) {
        if (firstPort == NatSpec.KEEP_PORT) {
            return before;
        }
        return matchedFirst < 0 ? firstPort : firstPort + before - matchedFirst;
    }

    @Override
    public boolean restore(final HeaderFields before, final HeaderFields after) {
        macs.apply(after);
        return after.destinationHigh == address.high()
                && after.destinationLow == address.low()
                && after.destinationPort == port(before.destinationPort)
                && after.sourceLow == before.sourceLow
                && after.sourceHigh == before.sourceHigh
                && after.sourcePort == before.sourcePort;
    }
}

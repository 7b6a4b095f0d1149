package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import java.util.Map;

/**
 * A rewrite as the packet path does it; immutable, allocates nothing. A negative number leaves its
 * field alone.
 */
final class CompiledRewrite implements CompiledAction {
    private static final int NONE = -1;

    private final long sourceMac;
    private final long destinationMac;
    private final IpAddress source;
    private final IpAddress destination;
    private final int sourcePort;
    private final int destinationPort;
    private final int push;
    private final boolean pop;
    private final int set;
    private final int dscp;
    private final boolean ttl;
    private final int segmentLimit;

    CompiledRewrite(final Map<RewriteField, Object> sets) {
        sourceMac = mac(sets.get(RewriteField.SRC_MAC));
        destinationMac = mac(sets.get(RewriteField.DST_MAC));
        source = (IpAddress) sets.get(RewriteField.SRC_IP);
        destination = (IpAddress) sets.get(RewriteField.DST_IP);
        sourcePort = number(sets.get(RewriteField.SRC_PORT));
        destinationPort = number(sets.get(RewriteField.DST_PORT));
        push = number(sets.get(RewriteField.VLAN_PUSH));
        pop = sets.containsKey(RewriteField.VLAN_POP);
        set = number(sets.get(RewriteField.VLAN_SET));
        dscp = number(sets.get(RewriteField.DSCP));
        ttl = sets.containsKey(RewriteField.TTL_DEC);
        segmentLimit = number(sets.get(RewriteField.CLAMP_MSS));
    }

    private static long mac(final Object value) {
        return value == null ? NONE : ((MacAddress) value).value();
    }

    private static int number(final Object value) {
        return value == null ? NONE : (Integer) value;
    }

    @Override
    public void apply(
            final HeaderFields fields, final PolicyDecision decision, final int[] targets) {
        if (!isPossible(fields)) {
            decision.drop(DropReason.REWRITE_IMPOSSIBLE);
            return;
        }
        link(fields);
        network(fields);
        if (fields.fragment != FlowKey.FRAGMENT_LATER) {
            fields.sourcePort = sourcePort >= 0 ? sourcePort : fields.sourcePort;
            fields.destinationPort =
                    destinationPort >= 0 ? destinationPort : fields.destinationPort;
        }
    }

    private boolean isPossible(final HeaderFields fields) {
        final boolean ip = fields.isIpv4() || fields.isIpv6();
        return (ip || dscp < 0 && !ttl)
                && isOfFamily(source, fields)
                && isOfFamily(destination, fields)
                && (!pop && set < 0 || fields.outerVlan != 0)
                && (push < 0 || fields.innerVlan == 0);
    }

    private static boolean isOfFamily(final IpAddress address, final HeaderFields fields) {
        return address == null || (address.isIpv6() ? fields.isIpv6() : fields.isIpv4());
    }

    private void link(final HeaderFields fields) {
        fields.sourceMac = sourceMac >= 0 ? sourceMac : fields.sourceMac;
        fields.destinationMac = destinationMac >= 0 ? destinationMac : fields.destinationMac;
        if (push >= 0) {
            fields.innerVlan = fields.outerVlan;
            fields.outerVlan = FlowKey.VLAN_PRESENT | push;
        } else if (pop) {
            fields.outerVlan = fields.innerVlan;
            fields.innerVlan = 0;
        } else if (set >= 0) {
            fields.outerVlan = FlowKey.VLAN_PRESENT | set;
        }
    }

    private void network(final HeaderFields fields) {
        if (source != null) {
            fields.sourceHigh = source.high();
            fields.sourceLow = source.low();
        }
        if (destination != null) {
            fields.destinationHigh = destination.high();
            fields.destinationLow = destination.low();
        }
        fields.dscp = dscp >= 0 ? dscp : fields.dscp;
        fields.ttlDecrement += ttl ? 1 : 0;
        if (segmentLimit > 0 && (fields.segmentLimit == 0 || segmentLimit < fields.segmentLimit)) {
            fields.segmentLimit = segmentLimit;
        }
    }
}

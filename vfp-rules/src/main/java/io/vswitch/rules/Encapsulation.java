package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.l2.Location;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;

/**
 * What an encap or decap rule does, its providers resolved; immutable, any thread, allocates
 * nothing. ARP is looked up by the address that it asks for, or comes from.
 */
abstract class Encapsulation {
    private static final long NO_MAC = -1;

    abstract void apply(HeaderFields fields, PolicyDecision decision);

    private static boolean hasAddresses(final HeaderFields fields) {
        return fields.isIpv4() || fields.isIpv6() || fields.isArp();
    }

    private static void send(
            final int location,
            final long mac,
            final HeaderFields fields,
            final PolicyDecision decision) {
        if (location == Location.NONE) {
            decision.drop(DropReason.DESTINATION_GONE);
            return;
        }
        fields.destinationMac = mac < 0 ? fields.destinationMac : mac;
        if (location != ProviderLocator.THIS_HOST) {
            decision.encapsulate(location);
        }
    }

    /** To where the destination is mapped. */
    static final class ToSpace extends Encapsulation {
        private final MappingTable table;

        ToSpace(final MappingTable table) {
            this.table = table;
        }

        @Override
        void apply(final HeaderFields fields, final PolicyDecision decision) {
            final int found =
                    hasAddresses(fields)
                            ? table.find(
                                    fields.isIpv6(), fields.destinationHigh, fields.destinationLow)
                            : MappingTable.NONE;
            if (found == MappingTable.NONE) {
                decision.miss(table.parking());
            } else {
                send(table.location(found), table.mac(found), fields, decision);
            }
        }
    }

    /**
     * To one of a list, by the flow: rendezvous hashing (Thaler and Ravishankar, 1998), so that a
     * next hop more or less moves only its own share, and every generation chooses alike.
     */
    static final class ToHops extends Encapsulation {
        private final int[] locations;
        private final long[] seeds;
        private final long mac;

        ToHops(final EncapSpec spec, final ProviderLocator locator) {
            locations =
                    spec.hops().stream().mapToInt(hop -> locator.locate(hop, spec.vni())).toArray();
            seeds = spec.hops().stream().mapToLong(ToHops::seed).toArray();
            mac = spec.dstMac() == null ? NO_MAC : spec.dstMac().value();
        }

        private static long seed(final IpAddress hop) {
            return mix(mix(hop.high() + 0x51_7cc1_b727_220aL) + hop.low());
        }

        private static long mix(final long word) {
            final long a = (word ^ word >>> 32) * 0x9e37_79b9_7f4a_7c15L;
            final long b = (a ^ a >>> 29) * 0xc2b2_ae3d_27d4_eb4fL;
            return b ^ b >>> 32;
        }

        @Override
        void apply(final HeaderFields fields, final PolicyDecision decision) {
            send(locations[choose(fields)], mac, fields, decision);
        }

        private int choose(final HeaderFields f) {
            if (locations.length == 1) {
                return 0;
            }
            final boolean ports = f.fragment == 0 && (f.protocol == 6 || f.protocol == 17);
            long flow = mix(f.sourceHigh) + f.sourceLow;
            flow = mix(flow) + f.destinationHigh;
            flow = mix(flow) + f.destinationLow;
            flow = mix(flow) + f.protocol;
            flow = ports ? mix(flow) + ((long) f.sourcePort << 16 | f.destinationPort) : flow;
            int best = 0;
            long bestScore = Long.MIN_VALUE;
            for (int i = 0; i < seeds.length; i++) {
                final long score = mix(flow ^ seeds[i]);
                if (score > bestScore) {
                    bestScore = score;
                    best = i;
                }
            }
            return best;
        }
    }

    /** Passes what came through a tunnel, with a space only from where its source is mapped. */
    static final class FromTunnel extends Encapsulation {
        private final MappingTable table;

        /**
         * @param table null: from anywhere.
         */
        FromTunnel(final MappingTable table) {
            this.table = table;
        }

        @Override
        void apply(final HeaderFields fields, final PolicyDecision decision) {
            if (fields.ingressRemote == PacketBatch.NO_REMOTE || !isMapped(fields)) {
                decision.drop(DropReason.NOT_FROM_PROVIDER);
            }
        }

        private boolean isMapped(final HeaderFields fields) {
            if (table == null) {
                return true;
            }
            final int found =
                    hasAddresses(fields)
                            ? table.find(fields.isIpv6(), fields.sourceHigh, fields.sourceLow)
                            : MappingTable.NONE;
            return found != MappingTable.NONE
                    && table.location(found)
                            == Location.of(fields.ingressPort, fields.ingressRemote);
        }
    }
}

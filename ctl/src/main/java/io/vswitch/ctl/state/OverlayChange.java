package io.vswitch.ctl.state;

/** A change of where a network's addresses are, and of its peers; immutable. */
public sealed interface OverlayChange extends Change {
    /** The network it is about. */
    String network();

    /** The network after it; refuses what contradicts the state. */
    NetworkSpec applyTo(NetworkSpec before, DesiredState state);

    @Override
    default DesiredState applyTo(final DesiredState state) {
        return state.with(applyTo(state.network(network()), state));
    }

    /** One peer more. */
    record AddPeer(String network, String peer) implements OverlayChange {
        @Override
        public NetworkSpec applyTo(final NetworkSpec before, final DesiredState state) {
            final OverlaySpec overlay = OverlayChecks.overlay(before);
            OverlayChecks.checkPeer(overlay, peer);
            if (overlay.peers().contains(peer)) {
                throw Refusal.failure(
                        "'%s' is a peer of network '%s' already".formatted(peer, network));
            }
            return before.with(overlay.withPeer(peer));
        }
    }

    /** One peer less. */
    record DeletePeer(String network, String peer) implements OverlayChange {
        @Override
        public NetworkSpec applyTo(final NetworkSpec before, final DesiredState state) {
            final OverlaySpec overlay = OverlayChecks.overlay(before);
            if (!overlay.peers().contains(peer)) {
                throw Names.unknown("peer", peer, overlay.peers());
            }
            final NetworkSpec after = before.with(overlay.withoutPeer(peer));
            OverlayChecks.checkRemotes(after);
            return after;
        }
    }

    /** A MAC's place is given, or given anew. */
    record AddMac(String network, StaticMac entry) implements OverlayChange {
        @Override
        public NetworkSpec applyTo(final NetworkSpec before, final DesiredState state) {
            OverlayChecks.checkMac(before, entry, state);
            return before.withMac(entry);
        }
    }

    /** A MAC's place is given no more. */
    record DeleteMac(String network, String mac) implements OverlayChange {
        @Override
        public NetworkSpec applyTo(final NetworkSpec before, final DesiredState state) {
            final NetworkSpec after = before.withoutMac(e -> e.mac().equals(mac));
            if (after.fdb().size() == before.fdb().size()) {
                throw Refusal.failure(
                        "network '%s' has no static MAC '%s'; learned ones go with `fdb flush`"
                                .formatted(network, mac));
            }
            return after;
        }
    }

    /** An address's MAC is given, or given anew. */
    record AddNeighbour(String network, StaticNeighbour entry) implements OverlayChange {
        @Override
        public NetworkSpec applyTo(final NetworkSpec before, final DesiredState state) {
            OverlayChecks.checkNeighbour(before, entry);
            return before.withNeighbour(entry);
        }
    }

    /** An address's MAC is given no more. */
    record DeleteNeighbour(String network, String ip) implements OverlayChange {
        @Override
        public NetworkSpec applyTo(final NetworkSpec before, final DesiredState state) {
            final NetworkSpec after = before.withoutNeighbour(e -> e.ip().equals(ip));
            if (after.neighbours().size() == before.neighbours().size()) {
                throw Refusal.failure(
                        "network '%s' has no neighbour '%s' of its own".formatted(network, ip));
            }
            return after;
        }
    }

    /** No address's MAC is given any more. */
    record FlushNeighbours(String network) implements OverlayChange {
        @Override
        public NetworkSpec applyTo(final NetworkSpec before, final DesiredState state) {
            return before.withoutNeighbour(e -> true);
        }
    }

    /** Peers, MACs and addresses are those of another description of the network. */
    record Replace(NetworkSpec like) implements OverlayChange {
        @Override
        public String network() {
            return like.name();
        }

        @Override
        public NetworkSpec applyTo(final NetworkSpec before, final DesiredState state) {
            final NetworkSpec after = before.withMappings(like);
            OverlayChecks.check(after, state);
            return after;
        }
    }
}

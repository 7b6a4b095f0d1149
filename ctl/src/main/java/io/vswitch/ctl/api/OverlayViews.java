package io.vswitch.ctl.api;

import java.util.List;

/** What the control API answers about overlay networks; immutable, the JSON of {@code --json}. */
public final class OverlayViews {
    private OverlayViews() {}

    /**
     * Another host of an overlay network.
     *
     * @param source who said so: config or directory.
     * @param macs known behind it.
     */
    public record Peer(String network, int vni, String peer, String source, int macs) {}

    /** All of them. */
    public record Peers(List<Peer> peers) {}

    /** Which network's learned MACs to forget. */
    public record FlushRequest(String network) {}

    /** How many MACs were forgotten. */
    public record Flushed(long macs) {}

    /**
     * An address that the switch answers for.
     *
     * @param remote the peer it is on, or null.
     * @param source who said so: config, directory, or a port of this host.
     */
    public record Neighbour(String ip, String mac, String remote, String source) {}

    /**
     * A host that shares the directory.
     *
     * @param own whether it is this one.
     * @param vteps its addresses on the underlay.
     * @param networks how many overlays it is on.
     */
    public record Host(String node, boolean own, List<String> vteps, int networks, int endpoints) {}

    /** A MAC or address that is claimed twice: who has it, and who hasn't. */
    public record Conflict(int vni, String what, String winner, String loser) {}

    /** The directory as this host knows it. */
    public record Shared(List<Host> hosts, List<Conflict> conflicts) {}

    /**
     * Which directory this host is to join.
     *
     * @param where as {@code vswitchd --directory} takes it, or null to leave.
     * @param key the secret of its hosts.
     */
    public record JoinRequest(String where, String key) {}

    /**
     * A router's part of a network.
     *
     * @param addresses of the router there, with length.
     * @param routes by next hops there, PREFIX=NEXTHOP.
     */
    public record Gateway(
            String router,
            String network,
            String mac,
            List<String> addresses,
            List<String> routes) {}

    /** All routers, network by network. */
    public record Routers(List<Gateway> gateways) {}

    /** All of a network. */
    public record Neighbours(String network, List<Neighbour> neighbours) {}
}

package io.vswitch.ctl.api;

import java.util.List;

/** What the control API answers about overlay networks; immutable, the JSON of {@code --json}. */
public final class OverlayViews {
    private OverlayViews() {}

    /** Another host of an overlay network; {@code macs} are known behind it. */
    public record Peer(String network, int vni, String peer, int macs) {}

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
     * @param source who said so: config or port.
     */
    public record Neighbour(String ip, String mac, String remote, String source) {}

    /** All of a network. */
    public record Neighbours(String network, List<Neighbour> neighbours) {}
}

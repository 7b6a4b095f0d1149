package io.vswitch.vxlan;

import org.agrona.collections.Int2ObjectHashMap;

/** The tunnels of a VTEP by VNI; never changed once published to the workers. */
final class Tunnels {
    static final Tunnels NONE = new Tunnels(new Int2ObjectHashMap<>());

    private final Int2ObjectHashMap<TunnelPort> byVni;

    private Tunnels(final Int2ObjectHashMap<TunnelPort> byVni) {
        this.byVni = byVni;
    }

    /** The tunnel of a VNI, or null. */
    TunnelPort find(final int vni) {
        return byVni.get(vni);
    }

    Tunnels with(final TunnelPort tunnel) {
        final Int2ObjectHashMap<TunnelPort> copy = new Int2ObjectHashMap<>(byVni);
        copy.put(tunnel.vni(), tunnel);
        return new Tunnels(copy);
    }

    Tunnels without(final TunnelPort tunnel) {
        final Int2ObjectHashMap<TunnelPort> copy = new Int2ObjectHashMap<>(byVni);
        copy.remove(tunnel.vni(), tunnel);
        return new Tunnels(copy);
    }
}

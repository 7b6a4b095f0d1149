package io.vswitch.ctl.directory;

import java.util.List;

/**
 * All that one host has published; immutable.
 *
 * @param node name of the host.
 * @param version higher than that of all it published before.
 */
public record HostState(
        String node, long version, List<Membership> networks, List<Endpoint> endpoints) {
    public HostState {
        networks = List.copyOf(networks);
        endpoints = List.copyOf(endpoints);
    }
}

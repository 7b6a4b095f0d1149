package io.vswitch.rules;

import io.vswitch.core.l2.Location;

/** Where tunnel endpoints are, as the packets of one network reach them; called by one compile. */
@FunctionalInterface
public interface ProviderLocator {
    /** The endpoint is this host: its packets go the network's own way. */
    int THIS_HOST = -2;

    /** No tunnel leads there. */
    ProviderLocator NONE = (provider, vni) -> Location.NONE;

    /**
     * Location of an endpoint.
     *
     * @param vni network identifier to reach it with, {@link Mapping#OWN_VNI} for the network's.
     * @return a {@link Location}, {@link Location#NONE} when no tunnel leads there, or {@link
     *     #THIS_HOST}.
     */
    int locate(IpAddress provider, int vni);
}

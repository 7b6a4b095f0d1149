package io.vswitch.ctl.directory;

import java.util.List;

/**
 * An endpoint and where it is; immutable.
 *
 * @param vni of its network.
 * @param ips its addresses, without length.
 * @param vtep address of its host on the underlay.
 * @param generation higher than that of whoever had the MAC or an address before.
 */
public record Endpoint(int vni, String mac, List<String> ips, String vtep, long generation) {
    public Endpoint {
        ips = List.copyOf(ips);
    }

    /** The same with another generation. */
    public Endpoint with(final long other) {
        return new Endpoint(vni, mac, ips, vtep, other);
    }

    /** True when the other differs in its generation at most. */
    boolean sameAs(final Endpoint other) {
        return other != null && with(other.generation).equals(other);
    }
}

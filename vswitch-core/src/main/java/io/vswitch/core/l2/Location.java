package io.vswitch.core.l2;

/**
 * Where a MAC is: a port and, behind a tunnel, the other end, in one int. Stateless, any thread.
 *
 * <pre>
 *   remote (16): number of the tunnel endpoint, 0 for none | port id (16)
 * </pre>
 */
public final class Location {
    /** No location: its port id is that of no port. */
    public static final int NONE = -1;

    /** Largest port id. */
    public static final int MAX_PORT_ID = 0xfffe;

    private Location() {}

    /**
     * @param portId 0 to {@link #MAX_PORT_ID}.
     * @param remote 0 to 65,535.
     */
    public static int of(final int portId, final int remote) {
        return remote << 16 | portId;
    }

    /** Port id of a location. */
    public static int port(final int location) {
        return location & 0xffff;
    }

    /** Tunnel endpoint of a location, 0 for none. */
    public static int remote(final int location) {
        return location >>> 16;
    }
}

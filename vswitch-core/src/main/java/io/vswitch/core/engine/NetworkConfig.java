package io.vswitch.core.engine;

/**
 * Settings of a network.
 *
 * @param name unique, 1 to 63 characters.
 * @param macLimit most MACs learned, 1 to 1,000,000.
 * @param macAgeMs idle time after which a learned MAC is forgotten, milliseconds, at least 1,000.
 */
public record NetworkConfig(String name, int macLimit, long macAgeMs) {
    /** Most MACs learned unless told otherwise. */
    public static final int DEFAULT_MAC_LIMIT = 8192;

    /** Idle time of a learned MAC unless told otherwise, milliseconds. */
    public static final long DEFAULT_MAC_AGE_MS = 300_000;

    public NetworkConfig {
        if (name == null || name.isEmpty() || name.length() > 63) {
            throw new SwitchException(
                    "network name '" + name + "': allowed are 1 to 63 characters");
        }
        if (macLimit < 1 || macLimit > 1_000_000) {
            throw new SwitchException(
                    "network '" + name + "': MAC limit " + macLimit + "; allowed: 1 to 1000000");
        }
        if (macAgeMs < 1_000) {
            throw new SwitchException(
                    "network '" + name + "': MAC age " + macAgeMs + " ms; allowed: 1000 and more");
        }
    }

    /** A network with the default limits. */
    public static NetworkConfig of(final String name) {
        return new NetworkConfig(name, DEFAULT_MAC_LIMIT, DEFAULT_MAC_AGE_MS);
    }
}

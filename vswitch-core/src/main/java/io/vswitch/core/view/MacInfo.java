package io.vswitch.core.view;

/**
 * One MAC of a network.
 *
 * @param mac 48 bits.
 * @param remote number of the tunnel endpoint behind the port, or 0.
 * @param pinned by order, not learned.
 * @param idleMs since the last frame from it, milliseconds; of a pinned one that never sent since
 *     it was pinned.
 */
public record MacInfo(
        String network, long mac, String port, int remote, boolean pinned, long idleMs) {}

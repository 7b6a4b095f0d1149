package io.vswitch.core.view;

/**
 * Where a MAC is, by order.
 *
 * @param mac 48 bits.
 * @param port name of its port, or null to unpin the MAC.
 * @param remote number of the tunnel endpoint behind the port, or 0.
 */
public record MacPin(long mac, String port, int remote) {}

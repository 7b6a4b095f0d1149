package io.vswitch.ctl.state;

/**
 * A MAC whose place is given; immutable.
 *
 * @param port the port it is behind; null: behind the network's tunnel.
 * @param remote the host it is on; null: on this one.
 */
public record StaticMac(String mac, String port, String remote) {}

package io.vswitch.ctl.state;

/**
 * An address whose MAC is given: who asks for it is answered by the switch; immutable.
 *
 * @param remote the host it is on; null: not said.
 */
public record StaticNeighbour(String ip, String mac, String remote) {}

package io.vswitch.ctl.state;

/**
 * Desired settings of a layer; immutable.
 *
 * @param priority the layer with the smallest is the top one, nearest to the endpoint.
 * @param defaultAction "allow" or "block": what happens to a packet that no rule decides.
 */
public record LayerSpec(String name, int priority, String defaultAction) {}

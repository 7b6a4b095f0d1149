package io.vswitch.ctl.directory;

/**
 * A host is on an overlay network; immutable.
 *
 * @param vtep its address on the underlay.
 */
public record Membership(int vni, String vtep) {}

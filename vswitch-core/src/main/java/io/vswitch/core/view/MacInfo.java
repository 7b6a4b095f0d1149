package io.vswitch.core.view;

/**
 * One learned MAC.
 *
 * @param mac 48 bits.
 * @param idleMs since the last frame from it, milliseconds.
 */
public record MacInfo(String network, long mac, String port, long idleMs) {}

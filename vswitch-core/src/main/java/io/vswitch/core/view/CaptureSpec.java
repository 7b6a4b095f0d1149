package io.vswitch.core.view;

/**
 * What to capture.
 *
 * @param port name of a port, or null for all ports.
 * @param dropsOnly only packets that are dropped.
 * @param snapLength most bytes kept of a frame, 64 to 65,536.
 */
public record CaptureSpec(String port, boolean dropsOnly, int snapLength) {}

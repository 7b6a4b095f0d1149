package io.vswitch.core.view;

/**
 * Which MAC an address has, by order.
 *
 * @param high first half of an IPv6 address, 0 for IPv4.
 * @param low second half, or the IPv4 address.
 * @param mac 48 bits, or 0 to forget the address.
 */
public record Neighbour(boolean ipv6, long high, long low, long mac) {}

package io.vswitch.core.view;

import io.vswitch.core.policy.HeaderFields;

/**
 * One connection that a stateful layer remembers.
 *
 * @param port name of the port whose layer it is.
 * @param layer name of the layer.
 * @param outbound whether its first packet came from the endpoint behind the port.
 * @param opener its first packet, as the layer saw it.
 * @param translated the same as the layer sent it on, or null when it isn't translated.
 * @param state as {@code established}.
 * @param ageMs since its first packet; {@code idleMs} since the packet that began its time anew.
 * @param leftMs until it is forgotten, unless a packet comes.
 */
public record ConnectionInfo(
        String port,
        String layer,
        boolean outbound,
        HeaderFields opener,
        HeaderFields translated,
        String state,
        long ageMs,
        long idleMs,
        long leftMs,
        int worker) {}

package io.vswitch.core.view;

import io.vswitch.core.port.PortKind;

/**
 * One port as the CLI shows it.
 *
 * @param network its network's name, or null.
 * @param enabled forwards frames.
 * @param gone its device has vanished (namespace or device deleted).
 */
public record PortInfo(
        int id,
        String name,
        PortKind kind,
        String network,
        int mtu,
        int offloads,
        boolean enabled,
        boolean gone,
        PortStats stats) {}

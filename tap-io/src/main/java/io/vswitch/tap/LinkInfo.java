package io.vswitch.tap;

/**
 * A network device as the kernel describes it; immutable.
 *
 * @param index interface index.
 * @param name name inside its namespace.
 * @param mac MAC address like {@code 02:00:00:00:00:01}; empty where the device has none.
 * @param mtu bytes.
 * @param isUp administratively up (IFF_UP).
 * @param hasCarrier up and connected (IFF_LOWER_UP).
 * @param kind kind of virtual device like {@code tun} or {@code veth}; empty for hardware.
 */
public record LinkInfo(
        int index,
        String name,
        String mac,
        int mtu,
        boolean isUp,
        boolean hasCarrier,
        String kind) {}

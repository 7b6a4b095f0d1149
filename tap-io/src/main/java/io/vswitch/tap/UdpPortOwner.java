package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;

/** Finds out for people who else uses a UDP port; the conductor's thread. */
final class UdpPortOwner {
    private UdpPortOwner() {}

    /** One line: who it is, as far as it can be known, and the remedy. */
    static String describe(final int port) {
        try (LinkSearch links = new LinkSearch()) {
            final String device = links.vxlanDevice(port);
            if (device != null) {
                return "the kernel's vxlan device '"
                        + device
                        + "' has it: delete the device (ip link del "
                        + device
                        + ") or choose another port";
            }
        } catch (final SwitchException e) {
            // the plain text serves too
        }
        return "another program has it: 'ss -ulpn sport = :"
                + port
                + "' names it; stop it or choose another port";
    }
}

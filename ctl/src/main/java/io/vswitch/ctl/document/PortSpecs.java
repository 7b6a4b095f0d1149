package io.vswitch.ctl.document;

import io.vswitch.ctl.state.PortSpec;
import java.nio.file.Path;
import java.util.Objects;

/** What a port's entry means by what it leaves out; stateless. */
final class PortSpecs {
    private static final String NO_NETWORK = "none";
    private static final Path NAMED = Path.of("/run/netns");

    private PortSpecs() {}

    /**
     * The entry with its defaults.
     *
     * @param before the port as it is: keeps its MAC and the identity of its namespace; or null.
     */
    static PortSpec completed(final PortSpec entry, final PortSpec before) {
        final String network = entry.network() == null ? Planner.DEFAULT_NETWORK : entry.network();
        final String netns = namespace(entry.netns());
        final boolean sameNetns = before != null && Objects.equals(netns, before.netns());
        return new PortSpec(
                entry.name(),
                entry.type(),
                network.equals(NO_NETWORK) ? null : network,
                netns,
                sameNetns ? before.netnsId() : null,
                entry.device() != null ? entry.device() : netns == null ? entry.name() : "eth0",
                entry.mac() == null && before != null ? before.mac() : entry.mac(),
                entry.addresses(),
                entry.routes(),
                entry.mtu(),
                entry.vnetHdr(),
                entry.enabled(),
                entry.guards() == null && before != null ? before.guards() : entry.guards(),
                entry.limits(),
                before != null ? before.handover() : null);
    }

    /** The form in which a port keeps it: a name below /run/netns, else a path. */
    private static String namespace(final String text) {
        if (text == null) {
            return null;
        }
        if (text.matches("\\d+") && !NAMED.resolve(text).toFile().exists()) {
            return "/proc/" + text + "/ns/net";
        }
        final String prefix = NAMED + "/";
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }
}

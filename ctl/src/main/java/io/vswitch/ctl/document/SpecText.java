package io.vswitch.ctl.document;

import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.PortSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Networks and ports in one line; stateless. */
final class SpecText {
    private SpecText() {}

    static String of(final NetworkSpec network) {
        return "%s%smac-limit %d, mac-age %d"
                .formatted(
                        network.overlay() == null ? "" : of(network.overlay()),
                        network.subnet() == null ? "" : "subnet " + network.subnet() + ", ",
                        network.macLimit(),
                        network.macAgeMs() / 1000);
    }

    private static String of(final OverlaySpec overlay) {
        return "vni %d, %slocal %s, udp-port %d, "
                .formatted(
                        overlay.vni(),
                        overlay.anyPeer() ? "any-peer, " : "",
                        overlay.local(),
                        overlay.port());
    }

    static String of(final PortSpec port) {
        final String fields =
                fields(port).entrySet().stream()
                        .filter(e -> !e.getValue().isEmpty())
                        .map(e -> e.getKey() + " " + e.getValue())
                        .collect(Collectors.joining(", "));
        final String limits = port.limits() == null ? "" : ", " + port.limits();
        return fields + limits + (port.enabled() ? "" : ", disabled");
    }

    /** The device's settings by the names they have in a document. */
    static Map<String, String> fields(final PortSpec port) {
        final Map<String, String> fields = new LinkedHashMap<>();
        fields.put("kind", port.type().name().toLowerCase(Locale.ROOT));
        fields.put("network", port.network() == null ? "none" : port.network());
        fields.put("netns", port.netns() == null ? "" : port.netns());
        fields.put("device", port.device());
        fields.put("mac", port.mac() == null ? "" : port.mac());
        fields.put("addresses", joined(port.addresses()));
        fields.put("routes", joined(port.routes()));
        fields.put("mtu", port.mtu() == 0 ? "" : Integer.toString(port.mtu()));
        fields.put("vnet-hdr", Boolean.toString(port.vnetHdr()));
        return fields;
    }

    private static String joined(final List<?> values) {
        return values.stream().map(Object::toString).collect(Collectors.joining(" "));
    }
}

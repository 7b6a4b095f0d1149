package io.vswitch.ctl.document;

import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Pool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes a desired state as a document that reads back to the same; stateless, any thread. */
public final class Exporter {
    private Exporter() {}

    /** The document as maps, lists, texts and numbers, in the order to write them. */
    public static Map<String, Object> export(final DesiredState state) {
        final Map<String, Object> networks = new LinkedHashMap<>();
        state.networks().values().forEach(n -> networks.put(n.name(), network(n)));
        final Map<String, Object> ports = new LinkedHashMap<>();
        state.ports().values().stream()
                .filter(Exporter::isWritten)
                .forEach(p -> ports.put(p.name(), port(p)));
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("networks", networks);
        document.put("tags", tags(state));
        if (!state.pools().pools().isEmpty()) {
            document.put("pools", pools(state));
        }
        if (!state.balancers().names().isEmpty()) {
            document.put("load-balancers", BalancerPlanner.export(state.balancers()));
        }
        if (!state.spaces().spaces().isEmpty()) {
            final Map<String, Object> spaces = new LinkedHashMap<>();
            state.spaces().spaces().forEach(s -> spaces.put(s.name(), SpaceParser.export(s)));
            document.put("spaces", spaces);
        }
        document.put("ports", ports);
        return document;
    }

    /** The same as YAML. */
    public static String yaml(final Object document) {
        final DumpSettings settings =
                DumpSettings.builder()
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .setWidth(Integer.MAX_VALUE)
                        .setSplitLines(false)
                        .build();
        return new Dump(settings).dumpToString(document);
    }

    private static Map<String, Object> tags(final DesiredState state) {
        final Map<String, Object> tags = new LinkedHashMap<>();
        state.tags().tags().forEach(tag -> tags.put(tag.name(), Map.of("members", tag.items())));
        return tags;
    }

    private static Map<String, Object> pools(final DesiredState state) {
        final Map<String, Object> pools = new LinkedHashMap<>();
        for (final Pool pool : state.pools().pools()) {
            final Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("addresses", pool.items());
            fields.put("ports", pool.ports());
            pools.put(pool.name(), fields);
        }
        return pools;
    }

    private static Map<String, Object> network(final NetworkSpec network) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        if (network.subnet() != null) {
            fields.put("subnet", network.subnet());
        }
        fields.put("mac-limit", network.macLimit());
        fields.put("mac-age", network.macAgeMs() / 1000);
        OverlayFields.export(network, fields);
        return fields;
    }

    /** A tunnel comes with its network; what else there is to say of it are its layers. */
    private static boolean isWritten(final DesiredPort port) {
        return port.spec().type() != PortType.TUNNEL
                || !port.policy().layers().isEmpty()
                || !port.spec().enabled();
    }

    private static Map<String, Object> tunnel(final DesiredPort port) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", "tunnel");
        fields.put("network", port.spec().network());
        fields.put("enabled", port.spec().enabled());
        fields.put("layers", layers(port.policy()));
        return fields;
    }

    private static Map<String, Object> port(final DesiredPort port) {
        final PortSpec spec = port.spec();
        if (spec.type() == PortType.TUNNEL) {
            return tunnel(port);
        }
        final Map<String, String> texts = SpecText.fields(spec);
        final Map<String, Object> fields = new LinkedHashMap<>();
        for (final String field : List.of("kind", "network", "netns", "device", "mac")) {
            if (!texts.get(field).isEmpty()) {
                fields.put(field, texts.get(field));
            }
        }
        if (spec.type() == PortType.TAP) {
            fields.put("addresses", spec.addresses());
            fields.put("routes", spec.routes().stream().map(Object::toString).toList());
        }
        if (spec.mtu() != 0) {
            fields.put("mtu", spec.mtu());
        }
        fields.put("vnet-hdr", spec.vnetHdr());
        fields.put("enabled", spec.enabled());
        fields.put("guards", spec.guards() == null ? List.of() : spec.guards());
        if (spec.limits() != null) {
            fields.put("limits", spec.limits().fields());
        }
        fields.put("layers", layers(port.policy()));
        return fields;
    }

    private static Map<String, Object> layers(final PolicySet policy) {
        final Map<String, Object> layers = new LinkedHashMap<>();
        for (final Layer layer : policy.layers()) {
            final Map<String, Object> groups = new LinkedHashMap<>();
            policy.groups(layer.name()).forEach(g -> groups.put(g.name(), group(policy, g)));
            final Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("priority", layer.priority());
            fields.put("default", PolicyPlanner.defaultAction(layer));
            if (layer.stateful()) {
                fields.put("stateful", true);
            }
            if (layer.owner() != null) {
                fields.put("owner", layer.owner());
            }
            fields.put("groups", groups);
            layers.put(layer.name(), fields);
        }
        return layers;
    }

    private static Map<String, Object> group(final PolicySet policy, final Group group) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("direction", PolicyPlanner.direction(group));
        fields.put("priority", group.priority());
        if (!group.where().isEmpty()) {
            fields.put("where", group.where().toString());
        }
        fields.put(
                "rules",
                policy.rules(group.layer(), group.name()).stream()
                        .map(r -> rule(r.id(), r.priority(), r.text()))
                        .toList());
        return fields;
    }

    private static Map<String, Object> rule(
            final String id, final int priority, final String text) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("priority", priority);
        fields.put("rule", text);
        return fields;
    }
}

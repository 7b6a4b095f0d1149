package io.vswitch.ctl.document;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.policy.Direction;
import io.vswitch.ctl.document.Document.NetworkEntry;
import io.vswitch.ctl.document.Document.PoolEntry;
import io.vswitch.ctl.document.Document.PortEntry;
import io.vswitch.ctl.document.Document.TagEntry;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.Limits;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.ctl.state.Route;
import io.vswitch.rules.Conditions;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.Pool;
import io.vswitch.rules.Rule;
import io.vswitch.rules.Tag;
import io.vswitch.rules.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Turns nodes into what they ask for, names and values checked; stateless. */
final class DocumentParser {
    private static final List<String> TOP =
            List.of("networks", "tags", "pools", "load-balancers", "ports");
    private static final List<String> NETWORK =
            Stream.concat(Stream.of("subnet", "mac-limit", "mac-age"), OverlayFields.NAMES.stream())
                    .toList();
    private static final List<String> PORT =
            List.of(
                    "kind",
                    "network",
                    "netns",
                    "device",
                    "mac",
                    "addresses",
                    "routes",
                    "mtu",
                    "vnet-hdr",
                    "enabled",
                    "guards",
                    "limits",
                    "layers");
    private static final List<String> ENDPOINT = List.of("mac", "addresses", "routes", "mtu");
    private static final List<String> LIMITS =
            List.of(
                    "rate-in",
                    "rate-out",
                    "replies",
                    "arp",
                    "dhcp",
                    "nd",
                    "broadcast",
                    "penalty",
                    "half-open",
                    "established",
                    "udp",
                    "icmp");
    private static final List<String> TAG = List.of("members");
    private static final List<String> POOL = List.of("addresses", "ports");
    private static final List<String> LAYER =
            List.of("priority", "default", "stateful", "owner", "groups");
    private static final List<String> GROUP = List.of("direction", "priority", "where", "rules");
    private static final List<String> RULE = List.of("id", "priority", "rule");
    private static final List<String> DIRECTIONS = List.of("in", "out");

    private DocumentParser() {}

    static Document parse(final Node node) {
        final Fields top = new Fields(node, TOP);
        return new Document(
                section(top.get("networks"), DocumentParser::network),
                section(top.get("tags"), DocumentParser::tag),
                section(top.get("pools"), DocumentParser::pool),
                section(top.get("load-balancers"), BalancerParser::balancer),
                section(top.get("ports"), DocumentParser::port));
    }

    /** The entries of a section by name, or null when the document doesn't have it. */
    private static <T> Map<String, T> section(
            final Node node, final BiFunction<String, Node, T> reader) {
        if (node == null) {
            return null;
        }
        final Map<String, T> entries = new LinkedHashMap<>();
        for (final var e : Fields.mapping(node).entries().entrySet()) {
            entries.put(e.getKey(), reader.apply(e.getKey(), e.getValue()));
        }
        return entries;
    }

    private static TagEntry tag(final String name, final Node node) {
        node.place().run(() -> Names.checkLabel("tag", name));
        final List<String> members = new Fields(node, TAG).texts("members", member -> member);
        return new TagEntry(node.place().run(() -> Tag.of(name, members)), node.place());
    }

    private static PoolEntry pool(final String name, final Node node) {
        node.place().run(() -> Names.checkLabel("pool", name));
        final Fields fields = new Fields(node, POOL);
        final List<String> addresses = fields.texts("addresses", address -> address);
        final String ports = fields.text("ports");
        return new PoolEntry(node.place().run(() -> Pool.of(name, addresses, ports)), node.place());
    }

    private static NetworkEntry network(final String name, final Node node) {
        final Fields fields = new Fields(node, NETWORK);
        node.place().run(() -> Names.checkNetwork(name));
        final NetworkSpec spec =
                new NetworkSpec(
                        name,
                        fields.text("subnet", s -> Cidr.parseNetwork("subnet", s).toString()),
                        fields.number("mac-limit", NetworkConfig.DEFAULT_MAC_LIMIT),
                        fields.number("mac-age", (int) (NetworkConfig.DEFAULT_MAC_AGE_MS / 1000))
                                * 1000L,
                        OverlayFields.overlay(fields),
                        OverlayFields.gateway(fields),
                        OverlayFields.macs(fields),
                        OverlayFields.neighbours(fields));
        return new NetworkEntry(spec, node.place());
    }

    private static PortEntry port(final String name, final Node node) {
        final Fields fields = new Fields(node, PORT);
        node.place().run(() -> Names.checkInterface("port", name));
        final String kind =
                fields.word("kind", List.of("tap", "uplink", "l2bridge", "tunnel"), "tap");
        final PortType type = PortType.valueOf(kind.toUpperCase(Locale.ROOT));
        if (type.isUplink()) {
            checkUplink(fields);
        }
        final PortSpec spec =
                new PortSpec(
                        name,
                        type,
                        fields.text("network"),
                        fields.text("netns"),
                        null,
                        fields.text("device", d -> Names.checkInterface("interface", d)),
                        fields.text("mac", m -> Mac.format(Mac.parseUnicast(m))),
                        fields.texts("addresses", a -> Cidr.parse("address", a).toString()),
                        fields.texts("routes", r -> Route.parse(r).toString()).stream()
                                .map(Route::parse)
                                .toList(),
                        fields.number("mtu", 0),
                        fields.flag("vnet-hdr", true),
                        fields.flag("enabled", true),
                        fields.get("guards") == null ? null : guards(fields),
                        limits(fields.get("limits")),
                        null);
        final Map<String, Place> places = new LinkedHashMap<>();
        PORT.forEach(field -> places.put(field, fields.place(field)));
        return new PortEntry(spec, node.place(), places, layers(name, fields.get("layers")));
    }

    /** Limits that aren't the defaults, or null. */
    private static Limits limits(final Node node) {
        if (node == null) {
            return null;
        }
        final Fields fields = new Fields(node, LIMITS);
        final Limits limits =
                new Limits(
                        fields.text("rate-in"),
                        fields.text("rate-out"),
                        fields.number("replies", 0),
                        fields.number("arp", 0),
                        fields.number("dhcp", 0),
                        fields.number("nd", 0),
                        fields.number("broadcast", 0),
                        fields.number("penalty", 0),
                        fields.number("half-open", 0),
                        fields.number("established", 0),
                        fields.number("udp", 0),
                        fields.number("icmp", 0));
        final Limits checked = node.place().run(() -> limits.over(Limits.DEFAULT));
        return checked.equals(Limits.DEFAULT) ? null : checked;
    }

    private static List<String> guards(final Fields fields) {
        final List<String> names = fields.texts("guards", guard -> guard);
        return fields.place("guards")
                .run(() -> names.isEmpty() ? names : Guards.parse(String.join(",", names)));
    }

    private static void checkUplink(final Fields fields) {
        if (fields.get("device") == null) {
            throw fields.place().refuse("kind uplink needs a device");
        }
        for (final String field : ENDPOINT) {
            if (fields.get(field) != null) {
                throw fields.place(field).refuse("is for kind tap; an uplink is taken as it is");
            }
        }
    }

    private static List<Document.LayerEntry> layers(final String port, final Node node) {
        if (node == null) {
            return null;
        }
        final List<Document.LayerEntry> layers = new ArrayList<>();
        for (final var e : Fields.mapping(node).entries().entrySet()) {
            layers.add(layer(e.getKey(), e.getValue()));
        }
        return layers;
    }

    private static Document.LayerEntry layer(final String name, final Node node) {
        final Fields fields = new Fields(node, LAYER);
        node.place().run(() -> Names.checkLabel("layer", name));
        final String verdict = fields.word("default", List.of("allow", "block"), "allow");
        final int priority = priority(fields, "layer '" + name + "'");
        final Layer layer =
                new Layer(
                        name,
                        priority,
                        verdict.equals("allow") ? Verdict.ALLOW : Verdict.BLOCK,
                        fields.flag("stateful", false),
                        fields.text("owner", owner -> Names.checkLabel("owner", owner)));
        final List<Document.GroupEntry> groups = new ArrayList<>();
        if (fields.get("groups") != null) {
            for (final var e : Fields.mapping(fields.get("groups")).entries().entrySet()) {
                groups.add(group(name, e.getKey(), e.getValue()));
            }
        }
        return new Document.LayerEntry(layer, node.place(), groups);
    }

    private static Document.GroupEntry group(
            final String layer, final String name, final Node node) {
        final Fields fields = new Fields(node, GROUP);
        node.place().run(() -> Names.checkLabel("group", name));
        final String direction =
                fields.word("direction", DIRECTIONS, DIRECTIONS.contains(name) ? name : null);
        if (direction == null) {
            throw fields.place().refuse("direction is missing; allowed are in and out");
        }
        final int priority = priority(fields, "group '" + name + "'");
        final String text = fields.text("where");
        final Conditions where = fields.place("where").run(() -> Group.where(text));
        final Map<String, Document.RuleEntry> rules = new LinkedHashMap<>();
        for (final Node item : Fields.list(fields.get("rules"))) {
            final Document.RuleEntry rule = rule(item, rules.size() + 1);
            final Document.RuleEntry before = rules.put(rule.rule().id(), rule);
            if (before != null) {
                throw item.place()
                        .refuse(
                                "id '%s' is there already, at line %d"
                                        .formatted(rule.rule().id(), before.place().line()));
            }
        }
        return new Document.GroupEntry(
                new Group(
                        layer,
                        name,
                        direction.equals("in") ? Direction.INBOUND : Direction.OUTBOUND,
                        priority,
                        where),
                node.place(),
                rules);
    }

    private static int priority(final Fields fields, final String what) {
        final int priority = fields.number("priority", PolicyChange.DEFAULT_PRIORITY);
        fields.place("priority")
                .run(
                        () -> {
                            Names.checkPriority(what, priority);
                            return null;
                        });
        return priority;
    }

    /** A rule: its text alone, or with id and priority; without an id it is its position. */
    private static Document.RuleEntry rule(final Node node, final int position) {
        if (node instanceof Node.Scalar) {
            return rule(
                    Integer.toString(position),
                    PolicyChange.DEFAULT_PRIORITY,
                    Fields.text(node),
                    node.place());
        }
        final Fields fields = new Fields(node, RULE);
        if (fields.get("rule") == null) {
            throw fields.place().refuse("rule is missing; write it like rule: block proto icmp");
        }
        final String given = fields.text("id", i -> Names.checkLabel("rule", i));
        final String id = given == null ? Integer.toString(position) : given;
        return rule(
                id,
                priority(fields, "rule '" + id + "'"),
                fields.text("rule"),
                // The rule's own line, but the path of the whole: a rule is one thing to its user.
                node.place().atLine(fields.place("rule").line()));
    }

    private static Document.RuleEntry rule(
            final String id, final int priority, final String text, final Place place) {
        return new Document.RuleEntry(place.run(() -> Rule.of(id, priority, text)), place);
    }
}

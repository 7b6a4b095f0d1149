package io.vswitch.ctl.document;

import io.vswitch.ctl.document.Document.SpaceEntry;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.ctl.state.SpaceChange;
import io.vswitch.rules.IpPrefix;
import io.vswitch.rules.Mapping;
import io.vswitch.rules.Space;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns nodes into mapping spaces and back; stateless. */
final class SpaceParser {
    private static final List<String> SPACE = List.of("park-packets", "park-ms", "mappings");
    private static final List<String> MAPPING = List.of("address", "provider", "vni", "mac");

    private SpaceParser() {}

    static SpaceEntry space(final String name, final Node node) {
        node.place().run(() -> Names.checkLabel("space", name));
        final Fields fields = new Fields(node, SPACE);
        final int packets = fields.number("park-packets", 0);
        final int ms = fields.number("park-ms", SpaceChange.DEFAULT_PARK_MS);
        final Space empty = node.place().run(() -> Space.of(name, packets, ms));
        final List<Mapping> mappings = new ArrayList<>();
        final Set<IpPrefix> seen = new HashSet<>();
        for (final Node item : Fields.list(fields.get("mappings"))) {
            final Mapping mapping = mapping(item);
            if (!seen.add(mapping.prefix())) {
                throw item.place().refuse("address " + mapping.prefix() + " is there already");
            }
            mappings.add(mapping);
        }
        return new SpaceEntry(empty.with(mappings), node.place());
    }

    private static Mapping mapping(final Node node) {
        final Fields fields = new Fields(node, MAPPING);
        for (final String needed : List.of("address", "provider")) {
            if (fields.get(needed) == null) {
                throw fields.place().refuse(needed + " is missing");
            }
        }
        final Integer vni = fields.get("vni") == null ? null : vni(fields);
        final SpaceChange.Line line =
                new SpaceChange.Line(
                        fields.text("address"), fields.text("provider"), vni, fields.text("mac"));
        return node.place().run(line::parse);
    }

    private static int vni(final Fields fields) {
        final String text = fields.text("vni");
        return fields.place("vni")
                .run(
                        () -> {
                            if (!text.matches("\\d{1,8}")) {
                                throw Refusal.usage("'" + text + "'; allowed are 0 to 16777215");
                            }
                            return Integer.parseInt(text);
                        });
    }

    /** The fields of a space, as they are written. */
    static Map<String, Object> export(final Space space) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("park-packets", space.parking().packets());
        fields.put("park-ms", space.parking().timeoutMs());
        final List<Map<String, Object>> mappings = new ArrayList<>();
        for (final Mapping mapping : space.mappings()) {
            final SpaceChange.Line line = SpaceChange.Line.of(mapping);
            final Map<String, Object> item = new LinkedHashMap<>();
            item.put("address", line.address());
            item.put("provider", line.provider());
            if (line.vni() != null) {
                item.put("vni", line.vni());
            }
            if (line.mac() != null) {
                item.put("mac", line.mac());
            }
            mappings.add(item);
        }
        fields.put("mappings", mappings);
        return fields;
    }
}

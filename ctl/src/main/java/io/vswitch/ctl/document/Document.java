package io.vswitch.ctl.document;

import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.LoadBalancer;
import io.vswitch.rules.Pool;
import io.vswitch.rules.Rule;
import io.vswitch.rules.Space;
import io.vswitch.rules.Tag;
import java.util.List;
import java.util.Map;

/**
 * What a document asks for; immutable.
 *
 * @param networks by name; null when the document has no such section.
 * @param tags by name; null when the document has no such section.
 * @param pools by name; null when the document has no such section.
 * @param balancers by name; null when the document has no such section.
 * @param spaces by name; null when the document has no such section.
 * @param ports by name; null when the document has no such section.
 */
public record Document(
        Map<String, NetworkEntry> networks,
        Map<String, TagEntry> tags,
        Map<String, PoolEntry> pools,
        Map<String, BalancerEntry> balancers,
        Map<String, SpaceEntry> spaces,
        Map<String, PortEntry> ports) {
    /** A network and where it stands. */
    record NetworkEntry(NetworkSpec spec, Place place) {}

    /** A tag and where it stands. */
    record TagEntry(Tag tag, Place place) {}

    /** A pool and where it stands. */
    record PoolEntry(Pool pool, Place place) {}

    /** A mapping space and where it stands. */
    record SpaceEntry(Space space, Place place) {}

    /**
     * A load balancer and where it stands.
     *
     * @param balancer its seed is 0 when the document has none.
     * @param seeded the document has a seed.
     */
    record BalancerEntry(LoadBalancer balancer, boolean seeded, Place place) {}

    /**
     * A port and where it stands; names it leaves out are null in {@code spec}.
     *
     * @param places of the fields that are written, by name.
     * @param layers null when the document has none for this port.
     */
    record PortEntry(
            PortSpec spec, Place place, Map<String, Place> places, List<LayerEntry> layers) {}

    /** A layer and its groups. */
    record LayerEntry(Layer layer, Place place, List<GroupEntry> groups) {}

    /** A group and its rules, by id. */
    record GroupEntry(Group group, Place place, Map<String, RuleEntry> rules) {}

    /** A rule and where it stands. */
    record RuleEntry(Rule rule, Place place) {}

    /** Reads a document's text; refuses all of it for one mistake. */
    public static Document read(final String file, final String text) {
        return DocumentParser.parse(NodeReader.read(file, text));
    }
}

package io.vswitch.ctl.document;

import io.vswitch.ctl.document.Document.SpaceEntry;
import io.vswitch.ctl.state.SpaceChange;
import io.vswitch.rules.Mapping;
import io.vswitch.rules.Space;
import io.vswitch.rules.SpaceSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what leads from the mapping spaces there are to those of a document; used once. */
final class SpacePlanner {
    private final Plan plan;
    private final SpaceSet before;

    SpacePlanner(final Plan plan, final SpaceSet before) {
        this.plan = plan;
        this.before = before;
    }

    /** What is new and what changes. */
    void wanted(final Map<String, SpaceEntry> entries) {
        entries.values().forEach(entry -> wanted(entry.space(), entry.place()));
    }

    private void wanted(final Space space, final Place place) {
        final String name = space.name();
        final Space old = before.find(name);
        final int packets = space.parking().packets();
        final int ms = space.parking().timeoutMs();
        if (old == null) {
            plan.added("space " + name, text(space));
            plan.step(new SpaceChange.Add(name, packets, ms), place);
        } else if (!old.parking().equals(space.parking())) {
            plan.changed("space " + name, text(old), text(space));
            plan.step(new SpaceChange.Replace(name, packets, ms), place);
        }
        unmap(old, space, place);
        map(old, space, place);
    }

    private void unmap(final Space old, final Space space, final Place place) {
        final List<String> gone = new ArrayList<>();
        for (final Mapping mapping : old == null ? List.<Mapping>of() : old.mappings()) {
            if (space.mapping(mapping.prefix()) == null) {
                plan.removed(what(space, mapping), mapping.toString());
                gone.add(mapping.prefix().toString());
            }
        }
        if (!gone.isEmpty()) {
            plan.step(new SpaceChange.Unmap(space.name(), gone), place);
        }
    }

    private void map(final Space old, final Space space, final Place place) {
        final List<SpaceChange.Line> lines = new ArrayList<>();
        for (final Mapping mapping : space.mappings()) {
            final Mapping known = old == null ? null : old.mapping(mapping.prefix());
            if (known == null) {
                plan.added(what(space, mapping), mapping.toString());
            } else if (!known.equals(mapping)) {
                plan.changed(what(space, mapping), known.toString(), mapping.toString());
            } else {
                continue;
            }
            lines.add(SpaceChange.Line.of(mapping));
        }
        if (!lines.isEmpty()) {
            plan.step(new SpaceChange.Map(space.name(), lines), place);
        }
    }

    private static String what(final Space space, final Mapping mapping) {
        return "mapping " + space.name() + " " + mapping.prefix();
    }

    /** What the document doesn't have. */
    void left(final Set<String> wanted, final boolean prune, final Place section) {
        for (final Space space : before.spaces()) {
            final String name = space.name();
            if (wanted.contains(name)) {
                continue;
            }
            if (prune) {
                plan.removed("space " + name, text(space));
                plan.step(new SpaceChange.Delete(name), section.key(name, 1));
            } else {
                plan.stays("space " + name);
            }
        }
    }

    private static String text(final Space space) {
        final int packets = space.parking().packets();
        return packets == 0
                ? "drops what isn't mapped"
                : "parks " + packets + " packets for " + space.parking().timeoutMs() + " ms";
    }
}

package io.vswitch.ctl.document;

import io.vswitch.ctl.document.Document.TagEntry;
import io.vswitch.ctl.state.TagChange;
import io.vswitch.rules.Tag;
import io.vswitch.rules.TagSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what leads from the tags there are to those of a document; used once. A tag comes after
 * those that are its members and goes before them.
 */
final class TagPlanner {
    private final Plan plan;
    private final TagSet before;

    TagPlanner(final Plan plan, final TagSet before) {
        this.plan = plan;
        this.before = before;
    }

    /** What is new and what changes. */
    void wanted(final Map<String, TagEntry> entries) {
        final Set<String> known = new HashSet<>(before.names());
        final List<TagEntry> added = new ArrayList<>();
        entries.values().stream().filter(e -> !known.contains(e.tag().name())).forEach(added::add);
        while (!added.isEmpty()) {
            // one whose members nobody adds comes first, too: its change says what is missing
            final TagEntry next =
                    added.stream()
                            .filter(e -> known.containsAll(nested(e.tag())))
                            .findFirst()
                            .orElse(added.get(0));
            added.remove(next);
            known.add(next.tag().name());
            plan.added("tag " + next.tag().name(), text(next.tag()));
            plan.step(new TagChange.Add(next.tag().name(), next.tag().items()), next.place());
        }
        entries.values().stream()
                .filter(e -> before.names().contains(e.tag().name()))
                .forEach(this::replace);
    }

    private void replace(final TagEntry entry) {
        final Tag tag = entry.tag();
        final Tag old = before.tag(tag.name());
        if (!tag.items().equals(old.items())) {
            plan.changed("tag " + tag.name(), text(old), text(tag));
            plan.step(new TagChange.Replace(tag.name(), tag.items()), entry.place());
        }
    }

    /** What the document doesn't have. */
    void left(final Set<String> wanted, final boolean prune, final Place section) {
        final List<Tag> rest = new ArrayList<>(before.tags());
        rest.removeIf(tag -> wanted.contains(tag.name()));
        if (!prune) {
            rest.forEach(tag -> plan.stays("tag " + tag.name()));
            return;
        }
        while (!rest.isEmpty()) {
            final Tag next =
                    rest.stream()
                            .filter(
                                    tag ->
                                            rest.stream()
                                                    .noneMatch(o -> nested(o).contains(tag.name())))
                            .findFirst()
                            .orElse(rest.get(0));
            rest.remove(next);
            plan.removed("tag " + next.name(), text(next));
            plan.step(new TagChange.Delete(next.name()), section.key(next.name(), 1));
        }
    }

    private static List<String> nested(final Tag tag) {
        return tag.items().stream()
                .filter(item -> item.startsWith("@"))
                .map(item -> item.substring(1))
                .toList();
    }

    private static String text(final Tag tag) {
        return String.join(" ", tag.items());
    }
}

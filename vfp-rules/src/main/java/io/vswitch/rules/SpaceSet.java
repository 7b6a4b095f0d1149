package io.vswitch.rules;

import io.vswitch.core.engine.SwitchException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All mapping spaces of a switch; immutable. A change makes a new set, or throws {@link
 * SwitchException} with one line.
 */
public final class SpaceSet {
    /** No spaces. */
    public static final SpaceSet EMPTY = new SpaceSet(new TreeMap<>());

    private final SortedMap<String, Space> spaces;

    private SpaceSet(final SortedMap<String, Space> spaces) {
        this.spaces = spaces;
    }

    /** All spaces by name. */
    public List<Space> spaces() {
        return List.copyOf(spaces.values());
    }

    /** Names. */
    public Set<String> names() {
        return Set.copyOf(spaces.keySet());
    }

    /** The space of this name. */
    public Space space(final String name) {
        final Space space = spaces.get(name);
        if (space == null) {
            final String shown = Names.printable(name);
            throw new SwitchException(
                    "no space '" + shown + "'" + Names.hint(shown, spaces.keySet()));
        }
        return space;
    }

    /** The space of this name, or null. */
    public Space find(final String name) {
        return spaces.get(name);
    }

    /** Refuses an action that names a space that isn't there. */
    public void check(final Action action) {
        if (action instanceof Action.Encap encap && encap.spec().space() != null) {
            space(encap.spec().space());
        }
    }

    /** Names of the spaces that are others than in {@code before}, or new. */
    public Set<String> changedSince(final SpaceSet before) {
        return spaces.values().stream()
                .filter(space -> space != before.spaces.get(space.name()))
                .map(Space::name)
                .collect(Collectors.toSet());
    }

    /** One space more. */
    public SpaceSet with(final Space space) {
        if (spaces.containsKey(space.name())) {
            throw new SwitchException("space '" + space.name() + "' is there already");
        }
        return put(space);
    }

    /** Another one in the place of that of its name. */
    public SpaceSet withReplaced(final Space space) {
        space(space.name());
        return put(space);
    }

    /** One space less, with its mappings. */
    public SpaceSet without(final String name) {
        space(name);
        final SortedMap<String, Space> rest = new TreeMap<>(spaces);
        rest.remove(name);
        return new SpaceSet(rest);
    }

    private SpaceSet put(final Space space) {
        final SortedMap<String, Space> changed = new TreeMap<>(spaces);
        changed.put(space.name(), space);
        return new SpaceSet(changed);
    }
}

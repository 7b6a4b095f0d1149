package io.vswitch.ctl.state;

import java.util.List;

/** A layer and its groups; immutable. */
public record DesiredLayer(LayerSpec spec, List<DesiredGroup> groups) {
    public String name() {
        return spec.name();
    }

    /** The group of this name, or null. */
    public DesiredGroup find(final String group) {
        for (final DesiredGroup candidate : groups) {
            if (candidate.name().equals(group)) {
                return candidate;
            }
        }
        return null;
    }

    /** The group of this name; refuses when there is none. */
    public DesiredGroup group(final String port, final String group) {
        final DesiredGroup found = find(group);
        if (found == null) {
            throw Names.unknown(
                    "group of port '%s' layer '%s' called".formatted(port, name()),
                    group,
                    groups.stream().map(DesiredGroup::name).toList());
        }
        return found;
    }

    DesiredLayer with(final DesiredGroup group) {
        return new DesiredLayer(
                spec,
                find(group.name()) == null
                        ? Copies.add(groups, group)
                        : Copies.replace(groups, g -> g.name().equals(group.name()), group));
    }

    DesiredLayer without(final String group) {
        return new DesiredLayer(spec, Copies.remove(groups, g -> g.name().equals(group)));
    }
}

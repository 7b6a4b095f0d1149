package io.vswitch.ctl.daemon;

import io.vswitch.ctl.state.SpaceChange;

/** One line for each change of mapping spaces; stateless. */
final class SpaceText {
    private SpaceText() {}

    static String of(final SpaceChange change) {
        if (change instanceof SpaceChange.Add add) {
            return "space " + add.name() + " added";
        }
        if (change instanceof SpaceChange.Replace replace) {
            return "space " + replace.name() + " changed";
        }
        if (change instanceof SpaceChange.Delete delete) {
            return "space " + delete.name() + " deleted";
        }
        if (change instanceof SpaceChange.Map map) {
            final SpaceChange.Line first = map.mappings().get(0);
            return map.mappings().size() == 1
                    ? first.address() + " mapped to " + first.provider() + " in " + map.space()
                    : map.mappings().size() + " addresses mapped in " + map.space();
        }
        final SpaceChange.Unmap unmap = (SpaceChange.Unmap) change;
        return String.join(", ", unmap.addresses()) + " not mapped any more in " + unmap.space();
    }
}

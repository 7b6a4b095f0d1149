package io.vswitch.ctl.api;

import io.vswitch.ctl.state.SpaceChange;
import java.util.List;

/** What the control API says of mapping spaces; immutable. */
public final class SpaceViews {
    private SpaceViews() {}

    /**
     * A mapping space.
     *
     * @param rules that name it.
     */
    public record Space(
            String name, int parkPackets, int parkMs, int rules, List<SpaceChange.Line> mappings) {}

    /** All spaces, or one. */
    public record Spaces(List<Space> spaces) {}
}

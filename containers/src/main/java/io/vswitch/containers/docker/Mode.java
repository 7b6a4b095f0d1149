package io.vswitch.containers.docker;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vswitch.ctl.state.Refusal;
import java.util.Arrays;
import java.util.List;

/** How a network reaches what is not on it; immutable. */
enum Mode {
    /** Through the host, behind its addresses; ports are published by {@code -p}. */
    @JsonProperty("nat")
    NAT,
    /** Not at all. */
    @JsonProperty("internal")
    INTERNAL,
    /** By Docker's own gateway bridge; containers of other hosts are on it, through VXLAN. */
    @JsonProperty("overlay")
    OVERLAY,
    /** Directly: a device of the host is on the network. */
    @JsonProperty("transparent")
    TRANSPARENT,
    /** Likewise, with the MAC of that device. */
    @JsonProperty("l2bridge")
    L2BRIDGE,
    /** Likewise, and containers of this host reach each other that way too. */
    @JsonProperty("l2tunnel")
    L2TUNNEL;

    /** What {@code -o mode=} takes. */
    static final List<String> NAMES = Arrays.stream(values()).map(Mode::label).toList();

    /** A device of the host is on the network. */
    boolean hasUplink() {
        return this == TRANSPARENT || isBridged();
    }

    /** Outside, containers have the MAC of the host's device. */
    boolean isBridged() {
        return this == L2BRIDGE || this == L2TUNNEL;
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    static Mode parse(final String text) {
        final int index = NAMES.indexOf(text);
        if (index < 0) {
            throw Refusal.usage(
                    "mode '%s'; known are %s".formatted(text, String.join(", ", NAMES)));
        }
        return values()[index];
    }
}

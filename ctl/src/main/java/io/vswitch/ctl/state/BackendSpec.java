package io.vswitch.ctl.state;

import io.vswitch.rules.Backend;
import io.vswitch.rules.RuleSyntaxException;

/**
 * A backend as a request or the journal has it; immutable.
 *
 * @param id IP, IPV4:PORT or [IPV6]:PORT.
 * @param weight null for {@link Backend#DEFAULT_WEIGHT}.
 * @param state up, drain or down; null for up.
 * @param mac null for the one of the port that has the address.
 */
public record BackendSpec(String id, Integer weight, String state, String mac) {
    /** What a backend needs to be told. */
    public static BackendSpec of(final Backend backend) {
        return new BackendSpec(
                backend.id(),
                backend.weight(),
                backend.state().label(),
                backend.mac() == null ? null : backend.mac().toString());
    }

    /** The backend; refuses what is none. */
    public Backend parse() {
        if (id == null) {
            throw Refusal.usage("backend has no address");
        }
        try {
            return Backend.of(
                    id,
                    weight == null ? Backend.DEFAULT_WEIGHT : weight,
                    Backend.State.of(state == null ? Backend.State.UP.label() : state),
                    mac);
        } catch (final RuleSyntaxException e) {
            throw Refusal.usage(e.getMessage());
        }
    }
}

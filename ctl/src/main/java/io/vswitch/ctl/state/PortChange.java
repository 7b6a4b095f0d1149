package io.vswitch.ctl.state;

import java.util.List;

/** A change of the ports; immutable. */
public sealed interface PortChange extends Change {
    /** One port more. */
    record Add(PortSpec port) implements PortChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            PortChecks.check(port, state);
            return state.with(new DesiredPort(port, List.of()));
        }
    }

    /** One port less, with its layers. */
    record Delete(String name) implements PortChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            state.port(name);
            return state.withoutPort(name);
        }
    }

    /** A port forwards frames, or not. */
    record Enable(String name, boolean enabled) implements PortChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final DesiredPort port = state.port(name);
            return state.with(port.with(port.spec().withEnabled(enabled)));
        }
    }
}

package io.vswitch.ctl.state;

import io.vswitch.rules.PolicySet;
import java.util.List;

/** A change of the ports; immutable. */
public sealed interface PortChange extends Change {
    /** One port more. */
    record Add(PortSpec port) implements PortChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            PortChecks.check(port, state);
            return state.with(new DesiredPort(port, PolicySet.of(port.name())));
        }
    }

    /** One port less, with its layers. */
    record Delete(String name) implements PortChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            state.port(name);
            for (final DesiredPort other : state.ports().values()) {
                if (!other.name().equals(name)) {
                    other.redirectTo(name).ifPresent(this::refuse);
                }
            }
            return state.withoutPort(name);
        }

        private void refuse(final String rule) {
            throw Refusal.failure(
                    "port '%s' is where rule %s sends packets to; delete the rule first"
                            .formatted(name, rule));
        }
    }

    /** What is checked of the frames a port sends. */
    record SetGuards(String name, List<String> guards) implements PortChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final DesiredPort port = state.port(name);
            final PortSpec changed = port.spec().withGuards(guards);
            Guards.of(changed);
            return state.with(port.with(changed));
        }
    }

    /**
     * How much may pass a port.
     *
     * @param limits in a request what to change of them, in a journal all of them.
     */
    record SetLimits(String name, Limits limits) implements PortChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            if (limits == null) {
                throw Refusal.usage("limits are missing");
            }
            final DesiredPort port = state.port(name);
            final Limits changed = limits.over(Limits.DEFAULT);
            return state.with(port.with(port.spec().withLimits(changed.orNull())));
        }
    }

    /**
     * A container runtime takes the port's device.
     *
     * @param netns path of the namespace it is moved to, or null when it comes back.
     */
    record HandOver(String name, String netns) implements PortChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final DesiredPort port = state.port(name);
            if (port.spec().handover() == null) {
                throw Refusal.failure("port '%s' was not added to be handed over".formatted(name));
            }
            if (netns != null && !netns.startsWith("/")) {
                throw Refusal.usage(
                        "network namespace '%s'; allowed is an absolute path".formatted(netns));
            }
            return state.with(port.with(port.spec().withHandover(new PortSpec.Handover(netns))));
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

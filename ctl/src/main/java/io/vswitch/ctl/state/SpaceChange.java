package io.vswitch.ctl.state;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.rules.Mapping;
import io.vswitch.rules.RuleSyntaxException;
import io.vswitch.rules.Space;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** A change of the mapping spaces that encap and decap rules look addresses up in; immutable. */
public sealed interface SpaceChange extends Change {
    /** How long packets are parked unless told otherwise, milliseconds. */
    int DEFAULT_PARK_MS = 1000;

    /** A mapping as text; {@code vni} and {@code mac} null for none. */
    record Line(String address, String provider, Integer vni, String mac) {
        /** The line of a mapping. */
        public static Line of(final Mapping mapping) {
            return new Line(
                    mapping.prefix().toString(),
                    mapping.provider().toString(),
                    mapping.vni() == Mapping.OWN_VNI ? null : Integer.valueOf(mapping.vni()),
                    mapping.mac() == null ? null : mapping.mac().toString());
        }

        /** The mapping that it says. */
        public Mapping parse() {
            return read(() -> Mapping.of(address, provider, vni, mac));
        }
    }

    private static <T> T read(final Supplier<T> reader) {
        try {
            return reader.get();
        } catch (final RuleSyntaxException e) {
            throw Refusal.usage(e.getMessage());
        }
    }

    /**
     * One space more, without mappings.
     *
     * @param parkPackets of each worker, null or 0: packets to unknown addresses are dropped.
     * @param parkMs null: {@link #DEFAULT_PARK_MS}.
     */
    record Add(String name, Integer parkPackets, Integer parkMs) implements SpaceChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            return state.with(state.spaces().with(space(name, parkPackets, parkMs)));
        }
    }

    /** Other settings for a space; as {@link Add}. */
    record Replace(String name, Integer parkPackets, Integer parkMs) implements SpaceChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final Space settings = space(name, parkPackets, parkMs);
            return state.with(
                    state.spaces().withReplaced(state.spaces().space(name).withSettings(settings)));
        }
    }

    private static Space space(final String name, final Integer packets, final Integer ms) {
        Names.checkLabel("space", name);
        return Space.of(name, packets == null ? 0 : packets, ms == null ? DEFAULT_PARK_MS : ms);
    }

    /** One space less, with its mappings; refused while a rule names it. */
    record Delete(String name) implements SpaceChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            for (final DesiredPort port : state.ports().values()) {
                final String user = port.policy().encapBy(name);
                if (user != null) {
                    throw new SwitchException(
                            "space '%s' is used by rule '%s %s'; delete it first"
                                    .formatted(name, port.name(), user));
                }
            }
            return state.with(state.spaces().without(name));
        }
    }

    /** Mappings more, or others for the same addresses. */
    record Map(String space, List<Line> mappings) implements SpaceChange {
        /** Refuses none. */
        public Map {
            if (mappings == null
                    || mappings.isEmpty()
                    || mappings.stream().anyMatch(Objects::isNull)) {
                throw Refusal.usage("no mapping in the request");
            }
        }

        @Override
        public DesiredState applyTo(final DesiredState state) {
            final List<Mapping> parsed = mappings.stream().map(Line::parse).toList();
            return state.with(
                    state.spaces().withReplaced(state.spaces().space(space).with(parsed)));
        }
    }

    /** Mappings less, each by exactly its address or prefix. */
    record Unmap(String space, List<String> addresses) implements SpaceChange {
        /** Refuses none. */
        public Unmap {
            if (addresses == null || addresses.isEmpty()) {
                throw Refusal.usage("no address in the request");
            }
        }

        @Override
        public DesiredState applyTo(final DesiredState state) {
            Space left = state.spaces().space(space);
            for (final String address : addresses) {
                left = left.without(read(() -> Mapping.prefix(address)));
            }
            return state.with(state.spaces().withReplaced(left));
        }
    }
}

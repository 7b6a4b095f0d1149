package io.vswitch.ctl.state;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.rules.RuleSyntaxException;
import io.vswitch.rules.Tag;
import java.util.List;
import java.util.Set;

/** A change of the named address sets; immutable. */
public sealed interface TagChange extends Change {
    private static Tag parse(final String name, final List<String> members) {
        Names.checkLabel("tag", name);
        try {
            return Tag.of(name, members == null ? List.of() : members);
        } catch (RuleSyntaxException e) {
            throw Refusal.usage(e.getMessage());
        }
    }

    /** One tag more; a member is IP, IP/LENGTH or @TAG. */
    record Add(String name, List<String> members) implements TagChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            return state.with(state.tags().with(parse(name, members)));
        }
    }

    /** Other members for a tag; all rules that name it follow at once. */
    record Replace(String name, List<String> members) implements TagChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            return state.with(state.tags().withReplaced(parse(name, members)));
        }
    }

    /** One tag less; refused while a rule, a group or another tag names it. */
    record Delete(String name) implements TagChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final var rest = state.tags().without(name);
            for (final DesiredPort port : state.ports().values()) {
                final String user = port.policy().userOfTag(Set.of(name));
                if (user != null) {
                    throw new SwitchException(
                            "tag '%s' is used by %s; delete it first".formatted(name, user));
                }
            }
            return state.with(rest);
        }
    }
}

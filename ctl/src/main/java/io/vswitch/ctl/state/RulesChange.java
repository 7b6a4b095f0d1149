package io.vswitch.ctl.state;

import io.vswitch.rules.Rule;
import io.vswitch.rules.RuleSyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * Many rules of one group less and more, as one step of the journal; immutable.
 *
 * @param remove ids.
 * @param add rules whose ids are free once {@code remove} has gone.
 */
public record RulesChange(
        String port, String layer, String group, List<String> remove, List<Line> add)
        implements PolicyChange {
    /** A rule as text. */
    public record Line(String id, Integer priority, String text) {
        private Rule parse() {
            Names.checkLabel("rule", id);
            Names.checkPriority("rule '" + id + "'", priority);
            if (text == null) {
                throw Refusal.usage("rule '" + id + "' has no text");
            }
            try {
                return Rule.of(id, priority, text);
            } catch (final RuleSyntaxException e) {
                throw Refusal.usage(e.getMessage());
            }
        }
    }

    public RulesChange {
        remove = remove == null ? List.of() : List.copyOf(remove);
        add = add == null ? List.of() : List.copyOf(add);
    }

    @Override
    public DesiredState applyTo(final DesiredState state) {
        final DesiredPort target = state.port(port);
        final List<Rule> rules = new ArrayList<>(add.size());
        for (final Line line : add) {
            final Rule rule = line.parse();
            RuleReferences.check(state, port, rule);
            rules.add(rule);
        }
        return state.with(
                target.with(
                        target.policy()
                                .withoutRules(layer, group, remove)
                                .withRules(layer, group, rules)));
    }
}

package io.vswitch.ctl.state;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.rules.Action;
import io.vswitch.rules.Group;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.RuleSyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Many rules of one group less and more, in the time of one pass over the group; immutable. One
 * rule at a time costs a copy of the group for each: 10,000 in and 10,000 out took twice as long as
 * all the rest of an apply.
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
        final PolicySet policy = target.policy();
        final Group place = policy.group(layer, group);
        final List<Rule> rules = remaining(policy);
        for (final Line line : add) {
            final Rule rule = line.parse();
            state.tags().check(rule.body().conditions().tags());
            if (rule.body().action() instanceof Action.Redirect redirect) {
                state.port(redirect.port());
            }
            rules.add(rule);
        }
        return state.with(
                target.with(
                        policy.withoutGroup(layer, group)
                                .withGroup(place)
                                .withRules(layer, group, rules)));
    }

    private List<Rule> remaining(final PolicySet policy) {
        final Set<String> gone = new HashSet<>(remove);
        final List<Rule> rules = new ArrayList<>();
        for (final Rule rule : policy.rules(layer, group)) {
            if (!gone.remove(rule.id())) {
                rules.add(rule);
            }
        }
        if (!gone.isEmpty()) {
            throw new SwitchException(
                    "no rule '%s' in group '%s' of layer '%s' of port '%s'"
                            .formatted(gone.iterator().next(), group, layer, port));
        }
        return rules;
    }
}

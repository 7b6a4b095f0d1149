package io.vswitch.ctl.state;

import java.util.List;

/**
 * A group and its rules; immutable.
 *
 * @param rules in the order they were added.
 */
public record DesiredGroup(GroupSpec spec, List<RuleSpec> rules) {
    public String name() {
        return spec.name();
    }

    DesiredGroup withRule(final RuleSpec rule) {
        return new DesiredGroup(spec, Copies.add(rules, rule));
    }

    DesiredGroup withoutRule(final String id) {
        return new DesiredGroup(spec, Copies.remove(rules, r -> r.id().equals(id)));
    }

    /** True when a rule has this id. */
    public boolean has(final String id) {
        return rules.stream().anyMatch(r -> r.id().equals(id));
    }

    /** The number after the largest id that is a number. */
    public String nextId() {
        int next = 1;
        for (final RuleSpec rule : rules) {
            if (rule.id().matches("\\d{1,8}")) {
                next = Math.max(next, Integer.parseInt(rule.id()) + 1);
            }
        }
        return Integer.toString(next);
    }
}

package io.vswitch.ctl.state;

/**
 * A rule as it was given; immutable.
 *
 * @param id unique in its group.
 * @param priority rules of a group are tried in ascending order, equal ones by id.
 * @param text conditions and action.
 */
public record RuleSpec(String id, int priority, String text) {}

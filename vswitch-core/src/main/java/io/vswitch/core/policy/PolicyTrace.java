package io.vswitch.core.policy;

/**
 * Listens to one walk over the layers for {@code explain}; called on the thread that evaluates, by
 * the very code that forwards packets. Not used on the packet path.
 */
public interface PolicyTrace {
    /**
     * One layer was walked.
     *
     * @param direction the packet's direction at this port.
     * @param layer name of the layer.
     * @param group name of the group whose rule decided, or null when no rule matched.
     * @param rule id and text of the rule that decided, "ID: TEXT", or null.
     * @param outcome "allow", "block", "rewrite ...", "redirect PORT", "default allow", "default
     *     block"; with ": dropped, WHY" behind it when a rewrite or redirect couldn't be done. For
     *     people to read.
     */
    void layer(Direction direction, String layer, String group, String rule, String outcome);
}

package io.vswitch.bench.rulechange;

/**
 * The span of packet numbers in which a flow was blocked; immutable. Packets in the two edges were
 * on their way while the rules changed: either outcome is right.
 *
 * @param flow which flow.
 * @param from last packet that was surely processed before the rule was added.
 * @param live last packet that was maybe processed without the rule.
 * @param until last packet that was surely processed before the rule was deleted.
 * @param gone last packet that was maybe processed with the rule.
 */
record BlockedSpan(int flow, long from, long live, long until, long gone) {}

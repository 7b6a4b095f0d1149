package io.vswitch.core.view;

import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.RuleRef;
import java.util.List;

/**
 * One cached flow: what its packets look like and what is done to them.
 *
 * @param fields the packets as received.
 * @param ingress port name.
 * @param egress port name, or null when the flow is dropped.
 * @param drop label of the drop reason, or null.
 * @param rewrite text of the transposition, or null when headers stay as they are.
 * @param rules the rules that made the decision, in the order of the walk.
 * @param ageMs since the flow was made; {@code idleMs} since its last packet.
 */
public record FlowInfo(
        HeaderFields fields,
        String ingress,
        String egress,
        String drop,
        String rewrite,
        List<RuleRef> rules,
        long packets,
        long bytes,
        long ageMs,
        long idleMs,
        long generation,
        int worker) {}

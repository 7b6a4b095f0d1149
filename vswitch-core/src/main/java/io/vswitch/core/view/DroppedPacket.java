package io.vswitch.core.view;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.RuleRef;

/**
 * A packet that was dropped lately, or that an audit rule matched.
 *
 * @param ageMs since it was dropped.
 * @param ingress name of the port it came in through.
 * @param port name of the port the drop is counted at.
 * @param reason null: an audit rule matched it, {@code port} is the one its verdict named.
 * @param rule the rule that dropped it, or null.
 * @param packet one line of its headers, or of its length when they can't be read.
 * @param frame its first bytes, 128 at most, as they were when it was dropped.
 * @param lengthBytes of the whole frame.
 */
public record DroppedPacket(
        long ageMs,
        String ingress,
        String port,
        DropReason reason,
        RuleRef rule,
        String packet,
        byte[] frame,
        int lengthBytes,
        int worker) {}

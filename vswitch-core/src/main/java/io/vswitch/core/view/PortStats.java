package io.vswitch.core.view;

import io.vswitch.core.counters.DropReason;
import java.util.Map;

/**
 * Counters of one port, or of the whole switch, summed over workers. Received and sent are seen
 * from the switch.
 *
 * @param rxPackets frames received from the port (a super-frame counts once).
 * @param rxBytes their bytes, without FCS.
 * @param txPackets frames sent out through the port.
 * @param txBytes their bytes.
 * @param replicated extra copies made by flooding and segmentation of frames received here.
 * @param drops packets dropped, by reason, only reasons with a count; received here, or refused by
 *     this port on its way out.
 */
public record PortStats(
        long rxPackets,
        long rxBytes,
        long txPackets,
        long txBytes,
        long replicated,
        Map<DropReason, Long> drops) {
    /** All drops. */
    public long dropped() {
        return drops.values().stream().mapToLong(Long::longValue).sum();
    }
}

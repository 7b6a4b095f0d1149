package io.vswitch.core.view;

import io.vswitch.core.counters.DropReason;
import org.agrona.DirectBuffer;

/** Receives captured packets; called on the conductor's thread, must not keep the buffer. */
@FunctionalInterface
public interface CapturedPacket {
    /**
     * @param epochNs wall clock time.
     * @param port name of the port it was received from or sent to.
     * @param received true: received from the port; false: sent to it (or, for drops, on its way to
     *     it).
     * @param drop why it was dropped, or null.
     * @param rule the rule that dropped it, or null.
     * @param buffer holds the frame's first {@code length} bytes at {@code offset}.
     * @param originalLength length of the whole frame.
     */
    void onPacket(
            long epochNs,
            String port,
            boolean received,
            DropReason drop,
            String rule,
            DirectBuffer buffer,
            int offset,
            int length,
            int originalLength);
}

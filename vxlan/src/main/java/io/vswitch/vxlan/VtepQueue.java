package io.vswitch.vxlan;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.port.TransmitFailure;

/**
 * A VTEP's own queue, owned by one worker: hands over what belongs to no network, to be dropped
 * there. Nothing is ever sent to it.
 */
final class VtepQueue extends StagedQueue {
    VtepQueue(final Inbound inbound) {
        super(inbound);
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        for (int i = 0; i < count; i++) {
            failed.onFailure(slots[i], DropReason.NO_NETWORK);
        }
        return 0;
    }

    @Override
    public int fileDescriptor() {
        return inbound().socket().fileDescriptor();
    }
}

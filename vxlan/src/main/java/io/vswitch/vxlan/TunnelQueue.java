package io.vswitch.vxlan;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.port.TransmitFailure;

/** One worker's queue of a tunnel; owned by it. */
final class TunnelQueue extends StagedQueue {
    private final TunnelPort tunnel;
    private final Outbound outbound;

    TunnelQueue(final TunnelPort tunnel, final Inbound inbound, final Outbound outbound) {
        super(inbound);
        this.tunnel = tunnel;
        this.outbound = outbound;
    }

    int mtu() {
        return tunnel.mtu();
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        return outbound.transmit(tunnel, batch, slots, count, failed);
    }

    @Override
    public int fileDescriptor() {
        return FED;
    }
}

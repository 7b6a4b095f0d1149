package io.vswitch.core.engine;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.port.TransmitFailure;
import java.util.ArrayList;
import java.util.List;

/** A scripted port with remote endpoints behind it. */
final class ScriptedTunnel extends ScriptedPort {
    /** Remote endpoint of each frame in {@link #sent}. */
    final List<Integer> remotes = new ArrayList<>();

    /** Where the frames delivered from now on come from. */
    int remote;

    ScriptedTunnel(final String name) {
        super(name);
    }

    @Override
    public int receive(final PacketBatch batch, final int limit) {
        final int before = batch.count();
        final int count = super.receive(batch, limit);
        for (int slot = before; slot < batch.count(); slot++) {
            batch.remote(slot, remote);
        }
        return count;
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        for (int i = 0; i < count; i++) {
            remotes.add(batch.remote(slots[i]));
        }
        return super.transmit(batch, slots, count, failed);
    }

    @Override
    public String encapsulation(final int to) {
        return to == PacketBatch.NO_REMOTE ? "encap to all" : "encap to " + to;
    }

    @Override
    public String decapsulation(final int from) {
        return "decap from " + from;
    }
}

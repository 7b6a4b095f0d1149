package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;
import io.vswitch.ctl.state.OverlaySpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tunnels in memory, of MTU 1450: they note who may talk to whom, and nothing goes anywhere. */
final class MemoryTunnels implements Tunnels {
    final Map<String, Memory> open = new HashMap<>();
    final List<String> remotes = new ArrayList<>();
    Set<OverlaySpec> used = Set.of();
    String failure;

    /** A tunnel port whose frames stay in this JVM. */
    final class Memory implements Port {
        private final MemoryPort port;
        private final int vni;
        List<String> peers = List.of();
        boolean anyPeer;

        Memory(final OverlaySpec overlay) {
            port = new MemoryPort(overlay.tunnel(), 1450, 0, 1 << 20);
            vni = overlay.vni();
        }

        MemoryPort frames() {
            return port;
        }

        @Override
        public String name() {
            return port.name();
        }

        @Override
        public PortKind kind() {
            return PortKind.TUNNEL;
        }

        @Override
        public int mtu() {
            return port.mtu();
        }

        @Override
        public int offloads() {
            return port.offloads();
        }

        @Override
        public int queueCount() {
            return port.queueCount();
        }

        @Override
        public PortQueue queue(final int worker) {
            return port.queue(worker);
        }

        @Override
        public void attached(final int worker, final Runnable wakeUpWorker) {
            port.attached(worker, wakeUpWorker);
        }

        @Override
        public String encapsulation(final int remote) {
            return remote == PacketBatch.NO_REMOTE
                    ? "encap: VNI " + vni + " to " + peers.size() + " peers"
                    : "encap: VNI " + vni + " to " + remotes.get(remote - 1);
        }

        @Override
        public String decapsulation(final int remote) {
            return "decap: VNI " + vni + " from " + remotes.get(remote - 1);
        }

        @Override
        public void close() {
            open.remove(name());
            port.close();
        }
    }

    @Override
    public Port open(final OverlaySpec overlay) {
        if (failure != null) {
            throw new SwitchException(failure);
        }
        final Memory port = new Memory(overlay);
        open.put(port.name(), port);
        return port;
    }

    @Override
    public int remote(final OverlaySpec overlay, final String address) {
        if (!remotes.contains(address)) {
            remotes.add(address);
        }
        return remotes.indexOf(address) + 1;
    }

    @Override
    public String address(final OverlaySpec overlay, final int remote) {
        return remote > remotes.size() ? null : remotes.get(remote - 1);
    }

    @Override
    public void peers(final Port tunnel, final int[] numbers, final boolean any) {
        final Memory memory = (Memory) tunnel;
        final List<String> addresses = new ArrayList<>();
        for (final int number : numbers) {
            addresses.add(remotes.get(number - 1));
        }
        memory.peers = addresses;
        memory.anyPeer = any;
    }

    @Override
    public void retain(final Set<OverlaySpec> overlays) {
        used = overlays;
    }
}

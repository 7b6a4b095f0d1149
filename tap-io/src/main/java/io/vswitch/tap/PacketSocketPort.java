package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;

/**
 * An existing device, a NIC or one end of a veth, as an uplink port: opened and closed by the
 * conductor, each queue used by one worker. Several queues are a packet group of the kernel, which
 * gives all frames of a flow, both directions, to the same queue (PACKET_FANOUT_HASH, packet(7)).
 * Super-frames and open checksums cross in both directions; the kernel cuts them where the device
 * can't.
 *
 * <p>The device must not be a port of a kernel bridge at the same time, nor have addresses of the
 * host: the host's own stack would see the frames too. An open port keeps its namespace alive.
 */
public final class PacketSocketPort implements Port {
    private final String name;
    private final String device;
    private final NetworkNamespace namespace;
    private final PacketSocket[] sockets;
    private final PacketSocketQueue[] queues;
    private final int offloads;
    private volatile int mtu;
    private boolean closed;

    private PacketSocketPort(
            final String name,
            final String device,
            final NetworkNamespace namespace,
            final int queueCount) {
        this.name = name;
        this.device = device;
        this.namespace = namespace;
        this.mtu = Interface.mtu(device);
        this.sockets = new PacketSocket[queueCount];
        this.queues = new PacketSocketQueue[queueCount];
        try {
            openSockets();
        } catch (final SwitchException e) {
            close();
            throw e;
        }
        this.offloads = kernelOffloads();
    }

    private void openSockets() {
        int group = 0;
        for (int i = 0; i < sockets.length; i++) {
            sockets[i] = new PacketSocket(device);
            queues[i] = new PacketSocketQueue(sockets[i]);
            if (sockets.length > 1 && i == 0) {
                group = sockets[0].beginFanout();
            } else if (i > 0) {
                sockets[i].joinFanout(group);
            }
        }
    }

    /** {@link #open(String, String, NetworkNamespace, int)} with one queue. */
    public static PacketSocketPort open(
            final String name, final String device, final NetworkNamespace namespace) {
        return open(name, device, namespace, 1);
    }

    /**
     * Binds packet sockets to a device.
     *
     * @param name of the port.
     * @param device name of the device inside {@code namespace}.
     * @param queueCount one for each worker, 1 to 64.
     * @throws io.vswitch.core.engine.SwitchException with one line that says what is missing.
     */
    public static PacketSocketPort open(
            final String name,
            final String device,
            final NetworkNamespace namespace,
            final int queueCount) {
        TapOptions.requireName(name);
        TapOptions.requireName(device);
        return namespace.call(() -> new PacketSocketPort(name, device, namespace, queueCount));
    }

    private static int kernelOffloads() {
        return Offload.TAKES_CHECKSUM
                | Offload.TAKES_TSO4
                | Offload.TAKES_TSO6
                | Offload.TAKES_ECN
                | (KernelVersion.hasUdpSegmentation() ? Offload.TAKES_USO : 0);
    }

    @Override
    public String name() {
        return name;
    }

    /** Name of the device inside its namespace. */
    public String device() {
        return device;
    }

    @Override
    public PortKind kind() {
        return PortKind.UPLINK;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    /** Reads the MTU from the device again; conductor. */
    public int refreshMtu() {
        mtu = namespace.call(() -> Interface.mtu(device));
        return mtu;
    }

    @Override
    public int offloads() {
        return offloads;
    }

    @Override
    public int queueCount() {
        return queues.length;
    }

    @Override
    public PortQueue queue(final int index) {
        return queues[index];
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            for (final PacketSocket socket : sockets) {
                if (socket != null) {
                    socket.close();
                }
            }
        }
    }
}

package io.vswitch.tap;

import io.vswitch.core.packet.Offload;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;

/**
 * An existing device, a NIC or one end of a veth, as an uplink port: opened and closed by the
 * conductor, its queue used by one worker. Super-frames and open checksums cross in both
 * directions; the kernel cuts them where the device can't.
 *
 * <p>The device must not be a port of a kernel bridge at the same time, nor have addresses of the
 * host: the host's own stack would see the frames too. An open port keeps its namespace alive.
 */
public final class PacketSocketPort implements Port {
    private static final int FIRST_WITH_USO = 602;

    private final String name;
    private final String device;
    private final NetworkNamespace namespace;
    private final PacketSocket socket;
    private final PacketSocketQueue queue;
    private final int offloads;
    private volatile int mtu;
    private boolean closed;

    private PacketSocketPort(
            final String name, final String device, final NetworkNamespace namespace) {
        this.name = name;
        this.device = device;
        this.namespace = namespace;
        this.mtu = Interface.mtu(device);
        this.socket = new PacketSocket(device);
        this.queue = new PacketSocketQueue(socket);
        this.offloads = kernelOffloads();
    }

    /**
     * Binds a packet socket to a device.
     *
     * @param name of the port.
     * @param device name of the device inside {@code namespace}.
     * @throws io.vswitch.core.engine.SwitchException with one line that says what is missing.
     */
    public static PacketSocketPort open(
            final String name, final String device, final NetworkNamespace namespace) {
        TapOptions.requireName(name);
        TapOptions.requireName(device);
        return namespace.call(() -> new PacketSocketPort(name, device, namespace));
    }

    /** The kernel cuts UDP super-frames since Linux 6.2 (USO in virtio_net_hdr_to_skb). */
    private static int kernelOffloads() {
        final String[] version = System.getProperty("os.version").split("[^0-9]+", 3);
        final boolean hasUso =
                version.length > 1
                        && Integer.parseInt(version[0]) * 100 + Integer.parseInt(version[1])
                                >= FIRST_WITH_USO;
        return Offload.TAKES_CHECKSUM
                | Offload.TAKES_TSO4
                | Offload.TAKES_TSO6
                | Offload.TAKES_ECN
                | (hasUso ? Offload.TAKES_USO : 0);
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
        return 1;
    }

    @Override
    public PortQueue queue(final int index) {
        return queue;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            socket.close();
        }
    }
}

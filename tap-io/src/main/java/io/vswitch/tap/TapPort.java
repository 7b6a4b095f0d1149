package io.vswitch.tap;

import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;
import java.util.Arrays;

/** A TAP device as a port: opened and closed by the conductor, each queue used by its worker. */
public final class TapPort implements Port {
    private static final int ETHERNET_AND_VLAN = 14 + 4;

    private final TapOptions options;
    private final int[] descriptors;
    private final TapQueue[] queues;
    private int offloads;
    private volatile int mtu;
    private boolean closed;

    private TapPort(final TapOptions options) {
        this.options = options;
        this.descriptors = new int[options.queues()];
        this.queues = new TapQueue[options.queues()];
        Arrays.fill(descriptors, -1);
    }

    /**
     * Creates the device, or attaches to it when it exists and is a TAP; its addresses and state stay as they are.
     *
     * @throws io.vswitch.core.engine.SwitchException with one line that names what is missing; nothing stays open.
     */
    public static TapPort open(final TapOptions options) {
        final TapPort port = new TapPort(options);
        try {
            options.namespace().run(port::openInside);
        } catch (final RuntimeException e) {
            port.close();
            throw e;
        }
        return port;
    }

    private void openInside() {
        for (int i = 0; i < descriptors.length; i++) {
            descriptors[i] = TapDevice.openQueue(options);
        }
        if (options.vnetHeader()) {
            offloads = TapDevice.setOffloads(descriptors[0]);
        } else {
            TapDevice.clearOffloads(descriptors[0]);
        }
        mtu = Interface.mtu(options.device());
        final boolean small = !options.vnetHeader() && mtu + ETHERNET_AND_VLAN < PacketPool.SMALL_CAPACITY;
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new TapQueue(descriptors[i], options.vnetHeader() ? VnetHeader.LENGTH : 0, small);
        }
        // Last, so that a failure before it leaves no device behind.
        if (options.persistent()) {
            TapDevice.setPersistent(descriptors[0], options.device(), true);
        }
    }

    @Override
    public String name() {
        return options.name();
    }

    /** Name of the device inside its namespace. */
    public String device() {
        return options.device();
    }

    public NetworkNamespace namespace() {
        return options.namespace();
    }

    @Override
    public PortKind kind() {
        return PortKind.TAP;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    /** Reads the MTU from the device again; conductor. */
    public int refreshMtu() {
        mtu = options.namespace().call(() -> Interface.mtu(options.device()));
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
        if (closed) {
            return;
        }
        closed = true;
        for (final int fd : descriptors) {
            if (fd >= 0) {
                Native.LIBC.close(fd);
            }
        }
    }
}

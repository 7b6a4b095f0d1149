package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;
import java.util.Arrays;

/** A TAP device as a port: opened and closed by the conductor, each queue used by its worker. */
public final class TapPort implements Port {
    /** Name of a device on its way into another namespace. */
    private static final String IN_TRANSIT = "vswtap%d";

    private final TapOptions options;
    private final int[] descriptors;
    private final TapQueue[] queues;
    private NamespaceWatch.Watched watched;
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
     * Creates the device, or attaches to it when it exists and is a TAP; its addresses and state
     * stay as they are.
     *
     * @throws SwitchException with one line that names what is missing; nothing stays open.
     */
    public static TapPort open(final TapOptions options) {
        final TapPort port = openTransient(options);
        try {
            port.makePersistent();
        } catch (final SwitchException e) {
            port.close();
            throw e;
        }
        return port;
    }

    /**
     * {@link #open} with a device, if created here, that goes with its descriptors until {@link
     * #makePersistent}.
     */
    static TapPort openTransient(final TapOptions options) {
        final TapPort port = new TapPort(options);
        try {
            port.openDevice();
        } catch (final RuntimeException e) {
            port.close();
            throw e;
        }
        return port;
    }

    /** Whether the device outlives its descriptors; conductor, at any time while it is open. */
    public void persistent(final boolean on) {
        TapDevice.setPersistent(descriptors[0], options.device(), on);
    }

    void makePersistent() {
        if (options.persistent()) {
            TapDevice.setPersistent(descriptors[0], options.device(), true);
        }
    }

    private void openDevice() {
        final NetworkNamespace namespace = options.namespace();
        if (namespace.isOwn()) {
            openQueues(options.device());
        } else if (exists()) {
            namespace.run(() -> openQueues(options.device()));
            watched = NamespaceWatch.start(namespace.path(), this::onNamespaceEnd);
        } else {
            createOutside();
        }
        if (options.vnetHeader()) {
            offloads = TapDevice.setOffloads(descriptors[0]);
        } else {
            TapDevice.clearOffloads(descriptors[0]);
        }
        refreshMtu();
    }

    private boolean exists() {
        try (LinkConfig config = LinkConfig.open(options.namespace())) {
            return config.find(options.device()).isPresent();
        }
    }

    /**
     * Descriptors opened out here don't keep the namespace alive, so its end reaches them as
     * EBADFD.
     */
    private void createOutside() {
        openQueues(IN_TRANSIT);
        try (LinkConfig config = LinkConfig.open(NetworkNamespace.own())) {
            config.move(TapDevice.name(descriptors[0]), options.namespace(), options.device());
        }
    }

    private void openQueues(final String device) {
        for (int i = 0; i < descriptors.length; i++) {
            descriptors[i] =
                    TapDevice.openQueue(options, i == 0 ? device : TapDevice.name(descriptors[0]));
            queues[i] = new TapQueue(descriptors[i], options.vnetHeader());
        }
    }

    private synchronized void onNamespaceEnd() {
        final int fd = closed ? -1 : TapDevice.namespace(descriptors[0]);
        if (fd < 0) {
            return;
        }
        try (LinkConfig config = LinkConfig.open(NetworkNamespace.of(fd))) {
            config.delete(options.device());
        } finally {
            Native.LIBC.close(fd);
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

    /**
     * Reads the MTU from the device again; conductor.
     *
     * @return bytes.
     * @throws SwitchException when the device has gone.
     */
    public int refreshMtu() {
        mtu = options.namespace().call(() -> Interface.mtu(options.device()));
        for (final TapQueue queue : queues) {
            queue.onMtu(mtu);
        }
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
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (watched != null) {
            watched.stop();
        }
        for (final int fd : descriptors) {
            if (fd >= 0) {
                Native.LIBC.close(fd);
            }
        }
    }
}

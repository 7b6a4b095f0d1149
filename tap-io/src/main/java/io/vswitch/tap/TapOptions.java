package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;

/** How to open a TAP; built and used by the conductor. Setters return this. */
public final class TapOptions {
    /** Longest name of a network device, bytes (IFNAMSIZ - 1). */
    public static final int MAX_NAME_LENGTH = 15;

    /** Most queues of a TAP (MAX_TAP_QUEUES in {@code drivers/net/tun.c}). */
    public static final int MAX_QUEUES = 256;

    private final String name;
    private String device;
    private int queues = 1;
    private boolean vnetHeader = true;
    private boolean persistent;
    private NetworkNamespace namespace = NetworkNamespace.own();

    /**
     * @param name of the port; of the device too unless {@link #device(String)} names another.
     */
    public TapOptions(final String name) {
        this.name = requireName(name);
        this.device = name;
    }

    static String requireName(final String name) {
        final boolean odd =
                name.chars().anyMatch(c -> c <= ' ' || c == '/' || c == ':' || c == '%' || c > '~');
        if (name.isEmpty()
                || name.length() > MAX_NAME_LENGTH
                || odd
                || name.equals(".")
                || name.equals("..")) {
            throw new SwitchException(
                    "device name '"
                            + name
                            + "' ("
                            + name.length()
                            + " characters); allowed: 1 to "
                            + MAX_NAME_LENGTH
                            + " visible ASCII characters without '/', ':' and '%'");
        }
        return name;
    }

    public String name() {
        return name;
    }

    public String device() {
        return device;
    }

    /** Name of the device inside its namespace. */
    public TapOptions device(final String deviceName) {
        device = requireName(deviceName);
        return this;
    }

    public int queues() {
        return queues;
    }

    /** 1 to {@link #MAX_QUEUES}; a device is multi-queue for life or not at all. */
    public TapOptions queues(final int count) {
        if (count < 1 || count > MAX_QUEUES) {
            throw new SwitchException(
                    "queues " + count + " of '" + name + "'; allowed: 1 to " + MAX_QUEUES);
        }
        queues = count;
        return this;
    }

    public boolean vnetHeader() {
        return vnetHeader;
    }

    /**
     * Whether frames carry a virtio_net_hdr, and so checksums and super-frames cross undone;
     * default true.
     */
    public TapOptions vnetHeader(final boolean on) {
        vnetHeader = on;
        return this;
    }

    public boolean persistent() {
        return persistent;
    }

    /** Whether the device stays when its last descriptor is closed; default false. */
    public TapOptions persistent(final boolean on) {
        persistent = on;
        return this;
    }

    public NetworkNamespace namespace() {
        return namespace;
    }

    /** Where the device lives; default: the namespace of this process. */
    public TapOptions namespace(final NetworkNamespace where) {
        namespace = where;
        return this;
    }
}

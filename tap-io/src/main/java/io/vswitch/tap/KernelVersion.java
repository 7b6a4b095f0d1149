package io.vswitch.tap;

/** What the running kernel has by its version, where nothing else tells; any thread. */
final class KernelVersion {
    private static final int FIRST_WITH_USO = 602;

    private KernelVersion() {}

    /** UDP super-frames in virtio_net_hdr (USO in virtio_net_hdr_to_skb): Linux 6.2. */
    static boolean hasUdpSegmentation() {
        final String[] version = System.getProperty("os.version").split("[^0-9]+", 3);
        return version.length > 1
                && Integer.parseInt(version[0]) * 100 + Integer.parseInt(version[1])
                        >= FIRST_WITH_USO;
    }
}

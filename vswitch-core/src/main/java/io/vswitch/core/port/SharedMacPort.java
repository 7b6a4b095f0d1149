package io.vswitch.core.port;

import io.vswitch.core.l2.NeighbourTable;

/**
 * A port whose device lends its MAC to all endpoints of the network: on the wire they are one host
 * of many addresses. Opened and closed by the conductor; its queues are each used by one worker.
 *
 * <p>What leaves has the device's MAC as its sender, in ARP and neighbour discovery too (RFC 826,
 * RFC 4861 section 4.6.1); what comes for that MAC goes to the endpoint that has the destination
 * address.
 */
public final class SharedMacPort implements Port {
    private final Port device;
    private final long mac;
    private final SharedMacQueue[] queues;

    /** An immutable snapshot: whoever reads it sees it whole, since the field is volatile. */
    private volatile NeighbourTable endpoints = new NeighbourTable(0);

    /**
     * @param mac of the device, in the low 48 bits.
     */
    public SharedMacPort(final Port device, final long mac) {
        this.device = device;
        this.mac = mac;
        queues = new SharedMacQueue[device.queueCount()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new SharedMacQueue(this, device.queue(i));
        }
    }

    /**
     * Says who has which address; any thread.
     *
     * @param addresses not changed any more.
     */
    public void endpoints(final NeighbourTable addresses) {
        endpoints = addresses;
    }

    NeighbourTable endpoints() {
        return endpoints;
    }

    /** The MAC that all share, in the low 48 bits. */
    public long mac() {
        return mac;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public PortKind kind() {
        return device.kind();
    }

    @Override
    public int mtu() {
        return device.mtu();
    }

    @Override
    public int offloads() {
        return device.offloads();
    }

    @Override
    public int queueCount() {
        return queues.length;
    }

    @Override
    public PortQueue queue(final int worker) {
        return queues[worker];
    }

    @Override
    public void attached(final int worker, final Runnable wakeUpWorker) {
        device.attached(worker, wakeUpWorker);
    }

    @Override
    public String encapsulation(final int remote) {
        return "l2bridge: sender's MAC becomes " + text(mac);
    }

    private static String text(final long mac) {
        final StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append("%02x%s".formatted(mac >>> shift & 0xff, shift == 0 ? "" : ":"));
        }
        return text.toString();
    }

    @Override
    public void close() {
        device.close();
    }
}

package io.vswitch.vxlan;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.view.PortInfo;
import io.vswitch.core.view.PortStats;
import io.vswitch.tap.EndpointDevice;
import io.vswitch.tap.EpollPoller;
import io.vswitch.tap.TapOptions;
import io.vswitch.tap.UdpOptions;
import io.vswitch.tap.UdpUnderlay;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.locks.LockSupport;

/** One of our hosts: a switch with a VTEP in a namespace; used by the test's thread. */
final class OverlayHost implements AutoCloseable {
    final VirtualSwitch vswitch;
    final Vtep vtep;
    private final Lab lab;
    private final int workers;

    OverlayHost(final Lab lab, final String namespace, final String local) {
        this(lab, 1, new UdpOptions(address(local)).namespace(lab.namespace(namespace)));
    }

    OverlayHost(final Lab lab, final int workers, final UdpOptions options) {
        this(lab, new SwitchContext().workers(workers), options);
    }

    OverlayHost(final Lab lab, final SwitchContext context, final UdpOptions options) {
        this.lab = lab;
        this.workers = context.workers();
        vswitch = context.pollers(EpollPoller::new).launch();
        try {
            vtep = new Vtep("vtep", UdpUnderlay.open(options.queues(workers)));
            vswitch.addPort(vtep, null);
        } catch (final RuntimeException e) {
            vswitch.close();
            throw e;
        }
    }

    static InetAddress address(final String text) {
        try {
            return InetAddress.getByName(text);
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A network with its tunnel, {@code vx-NAME}. */
    TunnelPort network(final String name, final int vni, final String... peers) {
        vswitch.addNetwork(NetworkConfig.of(name));
        final TunnelPort tunnel = vtep.tunnel("vx-" + name, vni);
        final int[] remotes = new int[peers.length];
        for (int i = 0; i < peers.length; i++) {
            remotes[i] = vtep.remote(address(peers[i]));
        }
        tunnel.peers(remotes, false);
        vswitch.addPort(tunnel, name);
        return tunnel;
    }

    /** An endpoint: device {@code eth0} of a namespace with the MTU of its network. */
    void endpoint(
            final String network,
            final String namespace,
            final int mtu,
            final String... addresses) {
        final EndpointDevice device =
                new EndpointDevice(
                        new TapOptions(namespace)
                                .device("eth0")
                                .queues(workers)
                                .namespace(lab.namespace(namespace)));
        for (final String address : addresses) {
            device.address(address);
        }
        final var tap = device.create();
        lab.ip(namespace, "link set eth0 mtu " + mtu);
        tap.refreshMtu();
        vswitch.addPort(tap, network);
    }

    PortStats stats(final String port) {
        return vswitch.ports().stream()
                .filter(info -> info.name().equals(port))
                .map(PortInfo::stats)
                .findFirst()
                .orElseThrow();
    }

    /** Whether all is accounted for once the last stray message is through. */
    boolean booksBalance() {
        for (int i = 0; i < 2000; i++) {
            final PortStats totals = vswitch.totals();
            final long gone = totals.txPackets() + totals.dropped() + vswitch.buffered();
            if (totals.rxPackets() + totals.replicated() == gone) {
                return true;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return false;
    }

    @Override
    public void close() {
        vswitch.close();
    }
}

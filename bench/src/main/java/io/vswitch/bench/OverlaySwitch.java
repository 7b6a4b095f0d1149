package io.vswitch.bench;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.tap.EndpointDevice;
import io.vswitch.tap.EpollPoller;
import io.vswitch.tap.NetworkNamespace;
import io.vswitch.tap.TapOptions;
import io.vswitch.tap.TapPort;
import io.vswitch.tap.UdpOptions;
import io.vswitch.tap.UdpUnderlay;
import io.vswitch.vxlan.TunnelPort;
import io.vswitch.vxlan.Vtep;
import java.io.IOException;
import java.net.InetAddress;

/** A switch with one endpoint and one tunnel, for bench/overlay; runs until its input ends. */
public final class OverlaySwitch {
    private static final int VNI = 100;

    private OverlaySwitch() {}

    /**
     * Arguments: namespace of the underlay, local address, peer's address, namespace of the
     * endpoint, address of its device {@code eth0} like {@code 10.91.0.1/24}.
     */
    public static void main(final String[] args) throws IOException {
        final InetAddress local = InetAddress.getByName(args[1]);
        try (VirtualSwitch vswitch = new SwitchContext().pollers(EpollPoller::new).launch()) {
            final Vtep vtep =
                    new Vtep(
                            "vtep",
                            UdpUnderlay.open(
                                    new UdpOptions(local)
                                            .namespace(NetworkNamespace.open(args[0]))));
            vswitch.addPort(vtep, null);
            vswitch.addNetwork(NetworkConfig.of("bench"));
            final TunnelPort tunnel = vtep.tunnel("tunnel", VNI);
            tunnel.peers(new int[] {vtep.remote(InetAddress.getByName(args[2]))}, false);
            vswitch.addPort(tunnel, "bench");
            final TapPort tap =
                    new EndpointDevice(
                                    new TapOptions("endpoint")
                                            .device("eth0")
                                            .namespace(NetworkNamespace.open(args[3])))
                            .address(args[4])
                            .create();
            vswitch.addPort(tap, "bench");
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // until the parent closes it
            }
            vswitch.ports().forEach(System.out::println);
        }
    }
}

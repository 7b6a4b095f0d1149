package io.vswitch.vxlan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.tap.UdpOptions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One of our hosts and one of the kernel's vxlan device with a bridge, on one overlay. */
@Tag("root")
class KernelVxlanTest {
    @Test
    void shouldExchangeAllKindsOfTrafficWithTheKernel() {
        run("10.80.0.", 50, false);
    }

    @Test
    void shouldExchangeAllKindsOfTrafficWhenSuperFramesCrossUncut() {
        run("10.80.0.", 50, true);
    }

    @Test
    void shouldExchangeAllKindsOfTrafficOverIpv6() {
        run("fd80::", 70, false);
    }

    private static void run(final String underlay, final int overhead, final boolean uncut) {
        try (Lab lab = new Lab()) {
            final int mtu = 1500 - overhead;
            for (final String name : new String[] {"h1", "h2", "c1", "c2"}) {
                lab.add(name);
            }
            lab.underlay("h1", "h2", underlay, 1500);
            kernelHost(lab, underlay, mtu);
            final UdpOptions options =
                    new UdpOptions(OverlayHost.address(underlay + 1))
                            .namespace(lab.namespace("h1"))
                            .superFrames(uncut);
            try (OverlayHost host = new OverlayHost(lab, 1, options)) {
                final TunnelPort tunnel = host.network("blue", 4096, underlay + 2);
                assertEquals(mtu, tunnel.mtu());
                host.endpoint("blue", "c1", mtu, "10.9.0.1/24", "fd09::1/64");
                traffic(lab, mtu);
                assertEquals(uncut, isBeyondMtu(lab, "rx") && isBeyondMtu(lab, "tx"));
                assertEquals(Map.of(), drops(host), () -> host.vswitch.totals().toString());
                assertTrue(host.booksBalance(), () -> host.vswitch.totals().toString());
            }
            assertEquals("", lab.in("h1", "nft list tables"));
            assertEquals(1, lab.attempt("h1", "ip link show vsx0"));
        }
    }

    /** Whether frames of that direction at the TAP were longer than packets may be, on average. */
    private static boolean isBeyondMtu(final Lab lab, final String direction) {
        final String counters = "/sys/class/net/vsx0/statistics/" + direction;
        if (lab.attempt("h1", "test -e " + counters + "_bytes") != 0) {
            return false;
        }
        final long bytes = Long.parseLong(lab.in("h1", "cat " + counters + "_bytes").strip());
        return bytes > 2000 * Long.parseLong(lab.in("h1", "cat " + counters + "_packets").strip());
    }

    /** But for what neighbour discovery said before the network was whole. */
    private static Map<DropReason, Long> drops(final OverlayHost host) {
        final Map<DropReason, Long> drops = new HashMap<>(host.vswitch.totals().drops());
        drops.remove(DropReason.VNI_UNKNOWN);
        drops.remove(DropReason.NO_DESTINATION);
        return drops;
    }

    private static void kernelHost(final Lab lab, final String underlay, final int mtu) {
        lab.ip(
                "h2",
                "link add vx type vxlan id 4096 dstport 4789 local "
                        + underlay
                        + "2 remote "
                        + underlay
                        + "1 dev u");
        lab.ip("h2", "link add br0 type bridge");
        lab.ip("h2", "link set vx master br0 mtu " + mtu + " up");
        lab.ip("h2", "link set br0 up");
        lab.ip("h2", "link add p type veth peer name eth0");
        lab.ip("h2", "link set p master br0 up");
        lab.move("h2", "eth0", "c2");
        lab.ip("c2", "addr add 10.9.0.2/24 dev eth0");
        lab.ip("c2", "addr add fd09::2/64 dev eth0 nodad");
        lab.ip("c2", "link set eth0 mtu " + mtu + " up");
    }

    private static void traffic(final Lab lab, final int mtu) {
        lab.in("c1", "ping -c 3 -i 0.2 -W 5 10.9.0.2");
        lab.in("c2", "ping -c 3 -i 0.2 -W 5 10.9.0.1");
        lab.in("c1", "ping -c 3 -i 0.2 -W 5 fd09::2");
        lab.in("c1", "ping -c 3 -i 0.2 -W 5 -M do -s " + (mtu - 28) + " 10.9.0.2");
        lab.in("c1", "ping -c 3 -i 0.2 -W 5 -s 5000 10.9.0.2");
        Transfer.run(lab, "c1", "c2", "10.9.0.2", 40);
        Transfer.run(lab, "c2", "c1", "10.9.0.1", 40);
        Transfer.run(lab, "c1", "c2", "fd09::2", 40);
        Transfer.run(lab, "c2", "c1", "fd09::1", 40);
    }
}

package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an overlay carries, and what tshark says of it on the wire. */
@Tag("root")
@Tag("long")
class OverlayWireRootTest {
    private static final String BULK =
            "timeout 60 sh -c 'head -c 3000000 /dev/zero | socat -u - TCP:%s:7777'";

    @TempDir private Path directory;

    @Test
    void shouldCarryFragmentsTagsBroadcastAndMtuEdges() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory)) {
            hosts.addBlue();
            hosts.addEndpoint(0, 4, " --guard none");
            hosts.addEndpoint(1, 5, " --guard none");
            final Namespaces spaces = hosts.spaces;
            for (final String peer : new String[] {"10.1.0.5", "10.1.0.12"}) {
                spaces.in(4, "ping -c 2 -W 10 -M do -s 1422 " + peer);
                spaces.in(4, "ping -c 2 -W 10 -s 4000 " + peer);
                spaces.in(4, "ping -c 2 -W 10 -s 4000 -i 0.3 fd10::" + peer.substring(7));
                assertTrue(
                        spaces.in(4, "ping -c 1 -W 2 -M do -s 1423 " + peer + " 2>&1 || true")
                                .contains("1450"));
            }
            assertTrue(tagged(spaces).contains("vlan 7"));
            spaces.in(5, "sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0");
            assertTrue(spaces.in(4, "ping -b -c 3 -W 5 10.1.255.255 2>&1").contains("10.1.0.5"));
        }
    }

    /** The kernel here may lack VLAN devices: a frame written by hand, as the other end sees it. */
    private static String tagged(final Namespaces spaces) throws Exception {
        final String frame =
                "02aabbccdd05" + "02aabbccdd04" + "81000007" + "88b5" + "00".repeat(46);
        final String send =
                "import socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW);"
                        + " s.bind(('eth0', 0)); s.send(bytes.fromhex('"
                        + frame
                        + "'))";
        final String sender =
                "for i in 1 2 3 4 5 6 7 8 9 10; do ip netns exec "
                        + spaces.name(4)
                        + " python3 -c \""
                        + send
                        + "\"; sleep 1; done";
        final Process repeated = new ProcessBuilder("sh", "-c", sender).start();
        try {
            return spaces.in(5, "timeout 60 tcpdump -e -c 1 -i eth0 vlan 7 2>&1");
        } finally {
            repeated.destroy();
        }
    }

    @Test
    void shouldLookRightToTshark() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory)) {
            hosts.addBlue();
            hosts.addEndpoint(0, 4, "");
            hosts.addEndpoint(1, 5, "");
            final Path capture = directory.resolve("wire.pcap");
            final Process tcpdump = capture(hosts, capture);
            try {
                assertTrue(hosts.spaces.pings(4, "10.1.0.5"), hosts.daemon(0).log());
                assertTrue(hosts.spaces.pings(4, "fd10::12"), hosts.daemon(0).log());
                bulk(hosts, 5, "10.1.0.5");
                bulk(hosts, OverlayHosts.KERNEL, "10.1.0.12");
            } finally {
                tcpdump.destroy();
                tcpdump.waitFor();
            }
            final String ours = " -Y 'ip.src == 192.0.2.10 and (" + "%s)'";
            final String tshark =
                    "tshark -r "
                            + capture
                            + " -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o"
                            + " tcp.check_checksum:TRUE";
            assertFalse(
                    Namespaces.sh(tshark + ours.formatted("vxlan") + " -c 50 2>/dev/null")
                            .isEmpty());
            assertEquals(
                    "",
                    Namespaces.sh(
                            tshark
                                    + ours.formatted(
                                            "_ws.malformed or ip.checksum.status == 0 or"
                                                    + " udp.checksum.status == 0 or"
                                                    + " tcp.checksum.status == 0")
                                    + " 2>/dev/null"));
        }
    }

    /** Sees the packets on the wire as they are: what a device would do itself is switched off. */
    private static Process capture(final OverlayHosts hosts, final Path file) throws Exception {
        hosts.spaces.in(0, "ethtool -K eth0 tx off gso off tso off");
        final Process process =
                new ProcessBuilder(
                                "ip",
                                "netns",
                                "exec",
                                hosts.spaces.name(OverlayHosts.WIRE),
                                "tcpdump",
                                "-U",
                                "-i",
                                "h0",
                                "-w",
                                file.toString(),
                                "udp port 4789")
                        .redirectErrorStream(true)
                        .start();
        final byte[] first = process.getInputStream().readNBytes(20);
        assertEquals("tcpdump: listening o", new String(first, StandardCharsets.UTF_8));
        return process;
    }

    private static void bulk(final OverlayHosts hosts, final int to, final String address)
            throws Exception {
        final Process sink =
                new ProcessBuilder(
                                "ip",
                                "netns",
                                "exec",
                                hosts.spaces.name(to),
                                "sh",
                                "-c",
                                "timeout 90 socat -u TCP-LISTEN:7777 - | wc -c")
                        .start();
        assertTrue(
                OverlayHosts.eventually(() -> listens(hosts, to)), () -> "nobody listens at " + to);
        hosts.spaces.in(4, BULK.formatted(address));
        final String count =
                new String(sink.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals("3000000", count);
    }

    private static boolean listens(final OverlayHosts hosts, final int at) {
        try {
            return hosts.spaces.in(at, "ss -ltn").contains(":7777");
        } catch (final Exception e) {
            throw new AssertionError(e);
        }
    }
}

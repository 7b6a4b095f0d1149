package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real daemon, an endpoint's kernel that tells the truth, and a raw socket that doesn't. */
@Tag("root")
class GuardRootTest {
    private static final String MAC = "020000000071";
    private static final String ALL = "ffffffffffff";
    private static final String OTHER = "020000000099";
    private static final String IP_HEADER = "4500001c00000000401100000a4e0063ffffffff";
    private static final String ARP = "0001080006040002";
    private static final String FE80 = "fe800000000000000000000000000001";
    private static final String ALL_NODES = "ff020000000000000000000000000001";

    /** Sends the frames given as hexadecimal lines on standard input through eth0. */
    private static final String SENDER =
            "import socket, sys\n"
                    + "s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\n"
                    + "s.bind(('eth0', 0))\n"
                    + "[s.send(bytes.fromhex(line.strip())) for line in open(sys.argv[1])]\n";

    @TempDir private Path directory;

    private void send(final Namespaces spaces, final String... frames) throws Exception {
        final Path script = Files.writeString(directory.resolve("send.py"), SENDER);
        final Path lines = Files.write(directory.resolve("frames"), List.of(frames));
        spaces.in(0, "python3 " + script + " " + lines);
    }

    private static void addPorts(final DaemonProcess daemon, final Namespaces spaces) {
        daemon.run(
                        "add-port web1 --mac 02:00:00:00:00:71 --ip 10.78.0.1/24 --ip fd78::1/64"
                                + " --netns "
                                + spaces.name(0))
                .ok();
        daemon.run("add-port web2 --ip 10.78.0.2/24 --ip fd78::2/64 --netns " + spaces.name(1))
                .ok();
    }

    private static String udp(final String mac, final String ip, final String ports) {
        return ALL + mac + "0800" + ip + ports + "00080000";
    }

    @Test
    void shouldNameWhatWasForgedWhenAnEndpointForges() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            assertTrue(spaces.pings(0, "10.78.0.2"), daemon.log());
            assertTrue(spaces.pings(0, "fd78::2"), daemon.log());
            final String clean = daemon.run("drops").ok().out();
            assertFalse(clean.contains("guard-") || clean.contains("storm-"), clean);
            assertTrue(daemon.run("list-ports").ok().out().contains(" all "));

            final String arp = "0806" + ARP + MAC + "0a4e00fe" + MAC + "0a4e0002";
            final String ipv6 = ALL + MAC + "86dd60000000%s%sff" + FE80 + ALL_NODES + "%s";
            final String target = "fd780000000000000000000000000099";
            send(
                    spaces,
                    udp(OTHER, IP_HEADER, "03e80050"),
                    udp(MAC, IP_HEADER, "03e80050"),
                    udp(MAC, IP_HEADER, "00430044"),
                    ALL + MAC + arp,
                    ipv6.formatted("0010", "3a", "86000000" + "00".repeat(12)),
                    ipv6.formatted("0018", "3a", "88000000" + "00000000" + target));
            final String drops = daemon.run("drops").ok().out();
            Stream.of("guard-mac", "guard-ipv4", "guard-dhcp", "guard-arp", "guard-ra", "guard-nd")
                    .forEach(r -> assertTrue(drops.matches("(?s).*web1 +1 +" + r + ".*"), drops));
            assertTrue(spaces.pings(0, "10.78.0.2"), daemon.log());
        }
    }

    @Test
    void shouldLimitAStormAndLetItThroughWhenGuardsAreOff() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            final String arp = "0806" + ARP + MAC + "0a4e0001" + MAC + "0a4e0002";
            final String[] storm = new String[2_000];
            Arrays.fill(storm, ALL + MAC + arp);
            send(spaces, storm);
            assertTrue(
                    daemon.run("drops").ok().out().contains("storm-arp"),
                    daemon.run("drops").out());
            assertEquals("port web1 guards: none\n", daemon.run("set-guard web1 none").ok().out());
            final String before = daemon.run("drops").ok().out();
            send(spaces, storm);
            assertEquals(before, daemon.run("drops").ok().out());
            assertEquals(2, daemon.run("set-guard web1 mca").code());
            assertEquals(
                    "port web1 guards: mac,arp\n", daemon.run("set-guard web1 arp,mac").ok().out());
        }
    }
}

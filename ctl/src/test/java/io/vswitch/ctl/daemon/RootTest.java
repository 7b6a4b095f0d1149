package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real daemon with real TAPs in namespaces. */
@Tag("root")
class RootTest {
    @TempDir private Path directory;

    private static void addPorts(final DaemonProcess daemon, final Namespaces spaces) {
        daemon.run("add-network red --subnet 10.77.0.0/24").ok();
        daemon.run(
                        "add-port web1 --network red --ip 10.77.0.1/24 --ip fd77::1/64 --mtu 1400"
                                + " --netns "
                                + spaces.name(0))
                .ok();
        daemon.run(
                        "add-port web2 --network red --ip 10.77.0.2/24 --ip fd77::2/64 --mtu 1400"
                                + " --netns "
                                + spaces.name(1))
                .ok();
    }

    private static String addresses(final Namespaces spaces) throws Exception {
        return (spaces.in(0, "ip -br addr show eth0")
                        + spaces.in(1, "ip -br addr show eth0")
                        + spaces.in(0, "ip -br link show eth0")
                        + spaces.in(1, "ip -br link show eth0"))
                .replaceAll("UP|DOWN|UNKNOWN|<.*>", "")
                .replaceAll(" +", " ");
    }

    @Test
    void shouldHavePortsNetworksAndRulesBackWhenKilled() throws Exception {
        try (Namespaces spaces = new Namespaces(2)) {
            final String before;
            try (DaemonProcess daemon = new DaemonProcess(directory)) {
                addPorts(daemon, spaces);
                assertTrue(spaces.pings(0, "10.77.0.2"), daemon.log());
                assertTrue(spaces.pings(0, "fd77::2"), daemon.log());
                spaces.in(1, "ip addr add 10.77.0.22/24 dev eth0");
                assertFalse(spaces.pings(0, "10.77.0.22"), "an address that isn't the port's");
                daemon.run("set-guard web2 mac,dhcp").ok();
                spaces.in(0, "ip neigh del 10.77.0.22 dev eth0");
                assertTrue(spaces.pings(0, "10.77.0.22"), daemon.log());
                daemon.run("add-rule web2 in block proto icmp").ok();
                assertFalse(spaces.pings(0, "10.77.0.2"));
                before = addresses(spaces);
                daemon.kill();
            }
            assertEquals(before, addresses(spaces));
            try (DaemonProcess daemon = new DaemonProcess(directory)) {
                assertEquals(before, addresses(spaces));
                assertFalse(spaces.pings(0, "10.77.0.2"));
                assertTrue(
                        daemon.run("drops")
                                .ok()
                                .out()
                                .contains("web2 acl.in 1 \"block proto icmp\""));
                daemon.run("del-rule web2 in 1").ok();
                assertTrue(spaces.pings(0, "10.77.0.2"), daemon.log());
                assertTrue(spaces.pings(0, "10.77.0.22"), daemon.log());
                daemon.run("del-port web2").ok();
                assertFalse(spaces.in(1, "ip link").contains("eth0"));
                daemon.terminate();
            }
            assertTrue(spaces.in(0, "ip link").contains("eth0"));
        }
    }

    @Test
    void shouldTellHowWorkersWriteAndWhatTheirTablesHold() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory, List.of(), "--busy-spin")) {
            addPorts(daemon, spaces);
            assertTrue(spaces.pings(0, "10.77.0.2"), daemon.log());
            final boolean ring =
                    Namespaces.sh("ls -l /proc/" + daemon.pid() + "/fd").contains("io_uring");

            assertEquals(
                    "1 worker, busy-spin idle, "
                            + (ring ? "writing through io_uring" : "no io_uring in use"),
                    daemon.run("show").ok().out().lines().skip(1).findFirst().orElse(""));
            final String stats = daemon.run("stats").ok().out();
            assertTrue(
                    stats.matches(
                            "(?s).*\n *0 +[1-9]\\d* +262144 +[1-9]\\d* +\\d+ +0 +normal"
                                    + " \\(shortened 0, full 0 times\\) +2 +0 +0\n"),
                    stats);
        }
    }

    @Test
    void shouldLeaveNoDeviceWhenKilledBeforeThePortIsKept() throws Exception {
        try (Namespaces spaces = new Namespaces(1)) {
            final DevicePorts devices = new DevicePorts(1);
            final var spec =
                    new io.vswitch.ctl.state.PortSpec(
                            "half",
                            io.vswitch.ctl.state.PortType.TAP,
                            null,
                            spaces.name(0),
                            null,
                            "eth0",
                            "02:00:00:00:00:77",
                            List.of("10.77.0.1/24"),
                            List.of(),
                            0,
                            true,
                            true,
                            null,
                            null,
                            null);
            try (var port = devices.create(spec)) {
                assertEquals("half", port.name());
                assertTrue(spaces.in(0, "ip link").contains("eth0"));
            }
            assertFalse(spaces.in(0, "ip link").contains("eth0"));
        }
    }

    @Test
    void shouldShowAPortAsGoneUntilItsNamespaceIsBack() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            Namespaces.sh("ip netns del " + spaces.name(1));
            await(daemon, "web2 is gone: network namespace '" + spaces.name(1) + "' not found");

            Namespaces.sh("ip netns add " + spaces.name(1));
            for (int i = 0; i < 100 && daemon.run("list-ports").ok().out().contains("gone"); i++) {
                Thread.sleep(100);
            }
            assertTrue(spaces.pings(0, "10.77.0.2"), daemon.log());
        }
    }

    private static void await(final DaemonProcess daemon, final String text) throws Exception {
        for (int i = 0; i < 100; i++) {
            if (daemon.run("list-ports").ok().out().contains(text)) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError(daemon.run("list-ports").out());
    }

    @Test
    void shouldCaptureDropsWithReasonAndRuleForTshark() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            daemon.run("add-rule web2 in block proto icmp").ok();
            final Path file = directory.resolve("drops.pcapng");
            final Process ping =
                    new ProcessBuilder(
                                    ("ip netns exec "
                                                    + spaces.name(0)
                                                    + " ping -c 100 -i 0.2 -W 1 10.77.0.2")
                                            .split(" "))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try {
                daemon.run("capture --drops --count 3 --seconds 30 -w " + file).ok();
            } finally {
                ping.destroyForcibly();
            }

            final String seen =
                    Namespaces.sh(
                            "tshark -r "
                                    + file
                                    + " -Y icmp -T fields -e frame.comment -e frame.interface_name"
                                    + " -e ip.dst 2>/dev/null");
            assertEquals(
                    "drop: policy-blocked, rule web2/acl/in/1\tweb2\t10.77.0.2\n".repeat(3), seen);
        }
    }

    @Test
    void shouldTellTheKernelAtOnceWhenARuleRejects() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            assertTrue(spaces.pings(0, "10.77.0.2"), daemon.log());
            assertTrue(spaces.pings(0, "fd77::2"), daemon.log());
            daemon.run("add-rule web2 in reject proto tcp").ok();
            daemon.run("add-rule web2 in reject proto udp").ok();
            daemon.run("add-rule web2 in reject proto icmp").ok();
            daemon.run("add-rule web2 in reject proto icmpv6 icmp-type 128").ok();

            for (final String address : List.of("10.77.0.2", "fd77::2")) {
                assertEquals("ConnectionRefusedError", failure(spaces, address, "STREAM"));
            }
            assertEquals("OSError 113", failure(spaces, "10.77.0.2", "DGRAM"));
            assertEquals("PermissionError", failure(spaces, "fd77::2", "DGRAM"));
            final String ping = "ping -c 1 -W 5 10.77.0.2 || true";
            assertTrue(spaces.in(0, ping).contains("Packet filtered"), ping);
            final String ping6 = "ping -c 1 -W 5 fd77::2 || true";
            assertTrue(spaces.in(0, ping6).contains("Administratively prohibited"), ping6);
            assertTrue(daemon.run("drops").ok().out().contains("\"reject proto tcp\""));
        }
    }

    /** What a connected socket that writes hears within 5 seconds. */
    private static String failure(final Namespaces spaces, final String address, final String type)
            throws Exception {
        final String script =
                "import socket as s\n"
                        + "f=s.AF_INET6 if \":\" in \"%1$s\" else s.AF_INET\n"
                        + "k=s.socket(f,s.SOCK_%2$s)\n"
                        + "k.settimeout(5)\n"
                        + "try:\n k.connect((\"%1$s\",9))\n k.send(b\"x\")\n k.recv(1)\n"
                        + "except OSError as e:\n"
                        + " n=type(e).__name__\n"
                        + " print(n if n!=\"OSError\" else \"OSError %%d\" %% e.errno, end=\"\")\n";
        return spaces.in(0, "python3 -c '" + script.formatted(address, type) + "'");
    }

    @Test
    void shouldTellTheKernelWhenTheTtlIsUsedUp() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            daemon.run("add-rule web1 out rewrite ttl-dec where proto icmp").ok();
            daemon.run("add-rule web1 out rewrite ttl-dec where proto icmpv6 icmp-type 128").ok();
            assertTrue(spaces.pings(0, "10.77.0.2"), daemon.log());
            assertTrue(spaces.pings(0, "fd77::2"), daemon.log());

            final String ping = spaces.in(0, "ping -c 1 -W 5 -t 1 10.77.0.2 || true");
            assertTrue(ping.contains("Time to live exceeded"), ping);
            final String ping6 = spaces.in(0, "ping -c 1 -W 5 -t 1 fd77::2 || true");
            assertTrue(ping6.contains("Hop limit"), ping6);
        }
    }

    @Test
    void shouldRefuseAPeerThatIsNeitherRootNorInTheGroup() throws Exception {
        Namespaces.assumeRoot();
        try (DaemonProcess daemon = new DaemonProcess(directory)) {
            // So that the kernel's check of the file doesn't come first.
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(
                    daemon.socket, PosixFilePermissions.fromString("rw-rw-rw-"));
            final String curl = "curl -s -w %{http_code} --unix-socket " + daemon.socket + " ";
            final String as = "setpriv --reuid 65534 --regid 65534 --clear-groups ";

            assertEquals(
                    "{\"error\":\"permission denied: not root, nor in the group of the"
                            + " socket\",\"kind\":\"failure\"}403",
                    Namespaces.sh(as + curl + "http://x/v1/status"));
            assertEquals(
                    "{\"error\":\"permission denied: not root, nor in the group of the"
                            + " socket\",\"kind\":\"failure\"}403",
                    Namespaces.sh(
                            as
                                    + curl
                                    + "-d '[{\"do\":\"del-network\",\"name\":\"x\"}]'"
                                    + " http://x/v1/changes"));
            assertTrue(Namespaces.sh(curl + "http://x/v1/status").endsWith("200"));
            assertTrue(
                    Namespaces.sh(
                                    "setpriv --reuid 65534 --regid 0 --clear-groups "
                                            + curl
                                            + "http://x/v1/status")
                            .endsWith("200"));
        }
    }

    @Test
    void shouldSayWhatIsMissingWhenTunMayNotBeOpened() throws Exception {
        Namespaces.assumeRoot();
        final Path tun = directory.resolve("tun");
        Namespaces.sh("mknod " + tun + " c 10 200 && chmod 600 " + tun + " && chown 65534 " + tun);
        final List<String> without =
                List.of(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "mount --bind "
                                + tun
                                + " /dev/net/tun && exec setpriv --bounding-set"
                                + " -dac_override,-dac_read_search \"$@\"",
                        "sh");
        try (DaemonProcess daemon = new DaemonProcess(directory, without)) {
            final Run run = daemon.run("add-port web1");

            assertEquals(
                    "vswitchctl: open /dev/net/tun for TAP 'web1': Permission denied; needs read"
                            + " and write permission on /dev/net/tun\n",
                    run.err());
            assertEquals(1, run.code());
            assertEquals(
                    "no ports; add one with `vswitchctl add-port`\n",
                    daemon.run("list-ports").ok().out());
        }
    }
}

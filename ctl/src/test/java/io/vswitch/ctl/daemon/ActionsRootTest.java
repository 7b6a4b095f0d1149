package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rules and limits do to the traffic of real kernel stacks behind real TAPs. */
@Tag("root")
@Tag("long")
class ActionsRootTest {
    private static final String PYTHON = "timeout 60 python3 -c '";

    @TempDir private Path directory;

    /** Two ports; the second takes 1,300 bytes, and its endpoint believes in 1,500. */
    private static void addPorts(final DaemonProcess daemon, final Namespaces spaces)
            throws Exception {
        daemon.run("add-port act1 --ip 10.78.0.1/24 --ip fd78::1/64 --netns " + spaces.name(0))
                .ok();
        daemon.run(
                        "add-port act2 --mtu 1300 --ip 10.78.0.2/24 --ip fd78::2/64 --netns "
                                + spaces.name(1))
                .ok();
        spaces.in(1, "ip link set eth0 mtu 1500");
        assertTrue(spaces.pings(0, "10.78.0.2"), daemon.log());
        assertTrue(spaces.pings(0, "fd78::2"), daemon.log());
    }

    /** Moves 300,000 bytes from the first to the second; the segment sizes that they agreed on. */
    private static String transfer(final Namespaces spaces, final String address) throws Exception {
        final String family = address.contains(":") ? "s.AF_INET6" : "s.AF_INET";
        final String server =
                "import socket as s\n"
                        + "k=s.socket("
                        + family
                        + ")\n"
                        + "k.setsockopt(s.SOL_SOCKET,s.SO_REUSEADDR,1)\n"
                        + "k.bind((\"\",7788)); k.listen(1); k.settimeout(50)\n"
                        + "c=k.accept()[0]; n=0\n"
                        + "while True:\n"
                        + " d=c.recv(65536)\n"
                        + " if not d: break\n"
                        + " n+=len(d)\n"
                        + "print(n, c.getsockopt(6,2), end=\"\")\n";
        final String client =
                "import socket as s, time\n"
                        + "for i in range(100):\n"
                        + " k=s.socket("
                        + family
                        + ")\n"
                        + " try: k.connect((\""
                        + address
                        + "\",7788)); break\n"
                        + " except ConnectionRefusedError: time.sleep(0.1)\n"
                        + "print(k.getsockopt(6,2), end=\" \", flush=True)\n"
                        + "k.sendall(b\"x\"*300000); k.close()\n";
        final Process listening =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "ip netns exec " + spaces.name(1) + " " + PYTHON + server + "'")
                        .redirectErrorStream(true)
                        .start();
        try {
            final String sent = spaces.in(0, PYTHON + client + "'");
            return sent + new String(listening.getInputStream().readAllBytes());
        } finally {
            listening.destroyForcibly();
        }
    }

    @Test
    void shouldLetKernelsFindThePathMtu() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);

            final String ping = spaces.in(0, "ping -M do -c 1 -W 5 -s 1400 10.78.0.2 || true");
            assertTrue(ping.contains("mtu = 1300") || ping.contains("mtu=1300"), ping);
            final String ping6 = spaces.in(0, "ping -M do -c 1 -W 5 -s 1400 fd78::2 || true");
            assertTrue(ping6.contains("mtu = 1300") || ping6.contains("mtu=1300"), ping6);
            spaces.in(0, "ip route flush cache");
            spaces.in(0, "ip -6 route flush cache");

            final String sent = transfer(spaces, "10.78.0.2");
            assertTrue(sent.contains(" 300000 "), sent + daemon.log());
            final String sent6 = transfer(spaces, "fd78::2");
            assertTrue(sent6.contains(" 300000 "), sent6 + daemon.log());
            assertTrue(spaces.in(0, "ip route get 10.78.0.2").contains("mtu 1300"));
            assertTrue(spaces.in(0, "ip -6 route get fd78::2").contains("mtu 1300"));
        }
    }

    @Test
    void shouldLetAKernelFindThePathMtuThroughNat() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            // nobody answers for the address; the switch puts the MAC of replies right
            spaces.in(1, "ip neigh add 10.78.0.77 lladdr 02:78:00:00:00:77 dev eth0");
            daemon.run("add-pool nat --address 10.78.0.77").ok();
            daemon.run("add-layer act2 nat --priority 10 --stateful").ok();
            daemon.run("add-group act2 nat in --direction in --priority 10").ok();
            daemon.run("add-rule act2 nat.in snat nat where src-ip 10.78.0.1 proto tcp").ok();

            final String sent = transfer(spaces, "10.78.0.2");
            assertTrue(sent.contains(" 300000 "), sent + daemon.log());
            assertTrue(spaces.in(0, "ip route get 10.78.0.2").contains("mtu 1300"));
            assertTrue(daemon.run("conns --nat").ok().out().contains("10.78.0.77"));
        }
    }

    @Test
    void shouldLowerTheSegmentsOfBothSidesWhenARuleClamps() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            for (final String group : new String[] {"in", "out"}) {
                daemon.run("add-rule act2 " + group + " rewrite clamp-mss=1000 where proto tcp")
                        .ok();
            }
            // 12 bytes of each segment are the time stamps'
            assertEquals("988 300000 988", transfer(spaces, "10.78.0.2"));
            assertEquals("988 300000 988", transfer(spaces, "fd78::2"));
            assertTrue(!daemon.run("drops").ok().out().contains("exceeds-mtu"));
        }
    }

    @Test
    void shouldPingAHostThatIsNotThereWhenRulesAnswer() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            final String rule = "add-rule act1 out ";
            daemon.run(rule + "answer arp 02:00:00:00:00:fe where arp-target 10.78.0.250/31").ok();
            daemon.run(
                            rule
                                    + "answer nd 02:00:00:00:00:fe where dst-ip ff02::1:ff00:fe"
                                    + " proto icmpv6 icmp-type 135")
                    .ok();
            daemon.run(rule + "answer echo where dst-ip 10.78.0.250 proto icmp icmp-type 8").ok();
            daemon.run(rule + "answer echo where dst-ip fd78::fe proto icmpv6 icmp-type 128").ok();

            assertTrue(spaces.pings(0, "10.78.0.250"), daemon.log());
            assertTrue(spaces.pings(0, "fd78::fe"), daemon.log());
            assertTrue(!spaces.pings(0, "10.78.0.251"), "has a MAC, but nobody answers");
            assertTrue(
                    spaces.in(0, "ip neigh")
                            .contains("10.78.0.251 dev eth0 lladdr 02:00:00:00:00:fe"));
            assertTrue(spaces.pings(0, "10.78.0.2"), daemon.log());
            assertTrue(daemon.run("drops").ok().out().contains("answered"));
        }
    }

    @Test
    void shouldAskOnlyForWhomTheListAllows() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            daemon.run("add-tag peers 10.78.0.9").ok();
            daemon.run("add-rule act1 out --priority 1 allow arp-target @peers").ok();
            daemon.run("add-rule act1 out --priority 2 block arp-target not 10.78.0.1").ok();
            // the second's entry as well: asking again for the first, it would tell its own MAC
            spaces.in(1, "ip neigh flush all");
            spaces.in(0, "ip neigh flush all");
            assertTrue(!spaces.pings(0, "10.78.0.2"));
            daemon.run("replace-tag peers 10.78.0.9 10.78.0.2").ok();
            spaces.in(0, "ip neigh flush all");
            assertTrue(spaces.pings(0, "10.78.0.2"), daemon.log());
        }
    }

    @Test
    void shouldSlowTcpDownToTheRateOfAPort() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            daemon.run("set-rate act2 --in 2mbit").ok();
            final long begin = System.nanoTime();
            final String sent = transfer(spaces, "10.78.0.2");
            final double seconds = (System.nanoTime() - begin) / 1e9;

            assertTrue(sent.contains(" 300000 "), sent);
            // all but the burst of 64 KiB takes 0.94 s at 2 Mbit/s
            assertTrue(seconds > 0.9, seconds + " s");
            assertTrue(daemon.run("drops").ok().out().contains("act2"), daemon.log());
        }
    }
}

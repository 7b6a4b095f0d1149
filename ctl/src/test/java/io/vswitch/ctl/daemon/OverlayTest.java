package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.packet.Addresses;
import io.vswitch.ctl.cli.Run;
import io.vswitch.ctl.state.DesiredState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Overlay networks by command: refused, listed, stored, written as a document; tunnels in memory.
 */
@Tag("long")
class OverlayTest {
    private static final String ADD =
            "add-network blue --mode overlay --vni 4096 --subnet 10.1.0.0/16 --local 192.0.2.10";
    private static final String FAR = "02:00:00:00:00:77";

    @TempDir private Path directory;
    private LocalDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new LocalDaemon(directory);
        daemon.run(ADD).ok();
        daemon.run("add-peer blue 192.0.2.11").ok();
        daemon.run("add-peer blue 192.0.2.12").ok();
        daemon.run("add-port web --network blue --ip 10.1.0.1/16 --mac 02:00:00:00:00:01").ok();
        daemon.run("add-network plain").ok();
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private MemoryTunnels.Memory tunnel() {
        return daemon.tunnels.open.get("vx-4096");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "add-network x --mode overlay | 2 | --mode overlay needs --vni, its number on every"
                        + " host, 1 to 16777215",
                "add-network x --vni 5 | 2 | --vni, --local, --port, --peer and --any-peer need"
                        + " --mode overlay",
                "add-network x --mode bridge | 2 | --mode 'bridge'; allowed are local and overlay",
                "add-network x --mode overlay --vni 16777216 --local 192.0.2.10 | 2 | VNI 16777216;"
                        + " allowed are 1 to 16777215, which are 24 bits",
                "add-network x --mode overlay --vni 0 --local 192.0.2.10 | 2 | VNI 0; allowed are"
                        + " 1 to 16777215, which are 24 bits",
                "add-network x --mode overlay --vni 4096 --local 192.0.2.10 | 1 | VNI 4096 is in"
                        + " use by network 'blue'",
                "add-network x --mode overlay --vni 5 --local 192.0.2.10 --port 65536 | 2 | UDP"
                        + " port 65536; allowed are 1 to 65535",
                "add-network x --mode overlay --vni 5 --local 0.0.0.0 | 2 | local address '0.0.0.0'"
                        + " is no host's own",
                "add-network x --mode overlay --vni 5 --local here | 2 | local address 'here': not"
                        + " an IPv4 or IPv6 address",
                "add-network x --mode overlay --vni 5 --local 192.0.2.10 --subnet 10.1.2.3/16 | 2 |"
                        + " subnet '10.1.2.3/16': host bits are set; the network's address is"
                        + " 10.1.0.0/16",
                "add-network x --mode overlay --vni 5 --local 192.0.2.10 --subnet 10.1.2.0/24 | 1 |"
                        + " subnet '10.1.2.0/24' overlaps 10.1.0.0/16 of network 'blue'",
                "add-network x --mode overlay --vni 5 --local 192.0.2.10 --peer 192.0.2.10 | 2 |"
                        + " peer '192.0.2.10' is our own address",
                "add-peer blue 192.0.2.10 | 2 | peer '192.0.2.10' is our own address",
                "add-peer blue 127.0.0.1 | 2 | peer '127.0.0.1' is our own address, of lo",
                "add-peer blue 224.0.0.1 | 2 | peer '224.0.0.1' is no host's address",
                "add-peer blue fd00::1 | 2 | peer 'fd00::1' and our own address '192.0.2.10' are of"
                        + " different IP versions",
                "add-peer blue 192.0.2.11 | 1 | '192.0.2.11' is a peer of network 'blue' already",
                "add-peer bleu 192.0.2.13 | 1 | no network 'bleu'; did you mean 'blue'?",
                "add-peer plain 192.0.2.13 | 1 | network 'plain' is no overlay; add one with"
                        + " `add-network NAME --mode overlay`",
                "del-peer blue 192.0.2.13 | 1 | no peer '192.0.2.13'; did you mean '192.0.2.11'?",
                "fdb add blue 02:00:00:00:00:77 --remote 192.0.2.13 | 1 | remote '192.0.2.13' has"
                        + " to be a peer of network 'blue'",
                "fdb add blue 02:00:00:00:00:01 --remote 192.0.2.11 | 1 | MAC '02:00:00:00:00:01'"
                        + " belongs to port 'web'",
                "fdb add plain 02:00:00:00:00:77 --port web | 1 | port 'web' isn't on network"
                        + " 'plain'",
                "fdb add blue 01:00:00:00:00:77 --port web | 2 | MAC '01:00:00:00:00:77': an"
                        + " endpoint's MAC is neither zero nor a group's",
                "fdb del blue 02:00:00:00:00:77 | 1 | network 'blue' has no static MAC"
                        + " '02:00:00:00:00:77'; learned ones go with `fdb flush`",
                "fdb | 2 | Missing required parameter: 'NETWORK'",
                "neigh add blue 10.2.0.5 02:00:00:00:00:77 | 2 | address '10.2.0.5' is outside"
                        + " 10.1.0.0/16 of network 'blue'",
                "neigh del blue 10.1.0.5 | 1 | network 'blue' has no neighbour '10.1.0.5' of its"
                        + " own",
                "del-port vx-4096 | 1 | port 'vx-4096' is the tunnel of network 'blue': it comes"
                        + " and goes with the network",
                "add-port vx-4096 | 1 | port 'vx-4096' is there already",
                "del-network blue | 1 | network 'blue' has 1 port (web); delete it first",
                "explain web hex:ffffffffffff02000000000188b5 --remote 192.0.2.11 | 2 | port 'web'"
                        + " is no tunnel: it has no remotes",
            })
    void shouldRefuseInOneLine(final String command, final int code, final String line)
            throws IOException {
        final String before = daemon.fingerprint();
        final Run run = daemon.run(command);
        assertEquals("vswitchctl: " + line, run.err().lines().findFirst().orElse(""));
        assertEquals(code, run.code());
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldGiveTheTunnelItsPeersAndThePortsItsMtu() {
        assertEquals(List.of("192.0.2.11", "192.0.2.12"), tunnel().peers);
        assertFalse(tunnel().anyPeer);
        assertEquals(1450, daemon.devices.open.get("web").mtu());
        daemon.run("del-peer blue 192.0.2.11").ok();
        assertEquals(List.of("192.0.2.12"), tunnel().peers);
        daemon.run("add-port big --network blue --mtu 1500").ok();
        assertEquals(1500, daemon.devices.open.get("big").mtu());
        daemon.run("add-port other --network plain").ok();
        assertEquals(1500, daemon.devices.open.get("other").mtu());
    }

    @Test
    void shouldListWhatThereIs() {
        daemon.run("fdb add blue " + FAR + " --remote 192.0.2.11").ok();
        daemon.run("neigh add blue 10.1.0.7 02:00:00:00:00:07 --remote 192.0.2.12").ok();
        assertEquals(
                """
                NETWORK   VNI        PEER  FROM    MACS
                blue     4096  192.0.2.11  config     1
                blue     4096  192.0.2.12  config     1
                """,
                daemon.run("list-peers").ok().out());
        assertEquals(
                """
                MAC                PORT         REMOTE  KIND    IDLE
                02:00:00:00:00:77  vx-4096  192.0.2.11  static     -
                02:00:00:00:00:07  vx-4096  192.0.2.12  static     -
                """
                        .lines()
                        .sorted()
                        .toList(),
                daemon.run("fdb blue").ok().out().lines().sorted().toList());
        assertEquals(
                """
                 ADDRESS  MAC                    REMOTE  FROM
                10.1.0.7  02:00:00:00:00:07  192.0.2.12  config
                10.1.0.1  02:00:00:00:00:01           -  port web
                """,
                daemon.run("neigh list blue").ok().out());
        final String ports = daemon.run("list-ports").ok().out();
        assertTrue(ports.contains("vx-4096") && ports.contains("tunnel"), ports);
        assertTrue(daemon.run("list-networks").ok().out().contains("4096"));
    }

    @Test
    void shouldExplainTheWayIntoTheTunnelAndOutOfIt() {
        daemon.run("fdb add blue " + FAR + " --remote 192.0.2.12").ok();
        final String known = daemon.run("explain web hex:02000000007702000000000188b5").ok().out();
        assertTrue(known.contains("vx-4096 in vnet: encap: VNI 4096 to 192.0.2.12"), known);
        assertTrue(known.contains("behind port vx-4096"), known);
        final String flood = daemon.run("explain web hex:02000000007802000000000188b5").ok().out();
        assertTrue(flood.contains("vx-4096 in vnet: encap: VNI 4096 to 2 peers"), flood);
        final String in =
                daemon.run("explain vx-4096 hex:02000000000102000000007788b5 --remote 192.0.2.12")
                        .ok()
                        .out();
        assertTrue(in.contains("vx-4096 out vnet: decap: VNI 4096 from 192.0.2.12"), in);
        assertTrue(in.contains("result   sent to"), in);
    }

    @Test
    void shouldSendToTheRemoteThatTheAddressIsOn() {
        daemon.run("fdb add blue " + FAR + " --remote 192.0.2.12").ok();
        final byte[] frame = new byte[60];
        System.arraycopy(mac(FAR), 0, frame, 0, 6);
        System.arraycopy(mac("02:00:00:00:00:01"), 0, frame, 6, 6);
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        daemon.devices.open.get("web").send(frame);
        assertArrayEquals(frame, tunnel().frames().receive(10_000));
        daemon.run("fdb del blue " + FAR).ok();
        daemon.run("fdb flush blue").ok();
        assertEquals(1, daemon.run("fdb blue").ok().out().lines().count());
    }

    private static byte[] mac(final String text) {
        final long mac = Addresses.parseMac(text);
        final byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (mac >> 40 - 8 * i);
        }
        return bytes;
    }

    private void fill() {
        daemon.run("fdb add blue " + FAR + " --remote 192.0.2.11").ok();
        daemon.run("fdb add plain 02:00:00:00:00:78 --port local").code();
        daemon.run("neigh add blue 10.1.0.7 02:00:00:00:00:07 --remote 192.0.2.12").ok();
        daemon.run("neigh add blue fd00::7 02:00:00:00:00:07").ok();
        daemon.run("add-rule vx-4096 in block proto icmp").ok();
        daemon.run("add-network red --mode overlay --vni 7 --local 192.0.2.10 --any-peer").ok();
        daemon.run("disable-port vx-7").ok();
    }

    @Test
    void shouldHaveAllBackWhenStartedAgain() throws IOException {
        fill();
        final DesiredState before = daemon.state();
        final List<String> macs = sortedMacs();
        daemon.close();
        daemon = new LocalDaemon(directory);
        assertEquals(before.toChanges(), daemon.state().toChanges());
        assertEquals(List.of("192.0.2.11", "192.0.2.12"), tunnel().peers);
        assertTrue(daemon.tunnels.open.get("vx-7").anyPeer);
        assertEquals(1450, daemon.devices.open.get("web").mtu());
        assertEquals(macs, sortedMacs());
    }

    private List<String> sortedMacs() {
        return daemon.run("fdb blue").ok().out().lines().sorted().toList();
    }

    @Test
    void shouldReplayASnapshotToTheSameState() throws IOException {
        fill();
        final DesiredState before = daemon.state();
        assertEquals(before.toChanges(), DesiredState.EMPTY.apply(before.toChanges()).toChanges());
    }

    @Test
    void shouldReadBackTheDocumentThatItWrites() throws IOException {
        fill();
        final Path document = directory.resolve("all.yaml");
        Files.writeString(document, daemon.run("export").ok().out());
        assertEquals("", daemon.run("diff -f " + document + " --prune").ok().out());
        final DesiredState before = daemon.state();
        try (LocalDaemon other = new LocalDaemon(directory.resolve("other"))) {
            other.run("apply -f " + document).ok();
            assertEquals(
                    List.of("192.0.2.11", "192.0.2.12"), other.tunnels.open.get("vx-4096").peers);
            assertEquals(before.networks(), other.state().networks());
            assertEquals(
                    before.port("vx-4096").policy().layers(),
                    other.state().port("vx-4096").policy().layers());
            assertFalse(other.state().port("vx-7").spec().enabled());
        }
    }

    @Test
    void shouldChangePeersInPlaceWhenADocumentSaysSo() throws IOException {
        fill();
        final Path document = directory.resolve("all.yaml");
        Files.writeString(
                document,
                daemon.run("export")
                        .ok()
                        .out()
                        .replace("192.0.2.12", "192.0.2.13")
                        .replace("02:00:00:00:00:07", "02:00:00:00:00:08"));
        final MemoryTunnels.Memory same = tunnel();
        final String out = daemon.run("apply -f " + document).ok().out();
        assertTrue(out.contains("192.0.2.13"), out);
        assertEquals(same, tunnel());
        assertEquals(List.of("192.0.2.11", "192.0.2.13"), tunnel().peers);
        assertTrue(daemon.run("fdb blue").ok().out().contains("02:00:00:00:00:08"));
        assertFalse(daemon.run("fdb blue").ok().out().contains("02:00:00:00:00:07"));
    }

    @Test
    void shouldCloseTheTunnelWithItsNetwork() {
        daemon.run("del-port web").ok();
        daemon.run("del-network blue").ok();
        assertTrue(daemon.tunnels.open.isEmpty());
        assertEquals(Set.of(), daemon.tunnels.used);
        assertEquals(Set.of(), daemon.state().ports().keySet());
        daemon.run(ADD).ok();
        assertEquals(List.of(), tunnel().peers);
    }

    @Test
    void shouldChangeNothingWhenTheTunnelCantBeOpened() throws IOException {
        daemon.tunnels.failure = "bind 192.0.2.10:4789: the kernel's vxlan device 'vxlan0' has it";
        final String before = daemon.fingerprint();
        final Run run = daemon.run("add-network red --mode overlay --vni 5 --local 192.0.2.10");
        assertEquals("vswitchctl: " + daemon.tunnels.failure, run.err().strip());
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldForgetStaticMacsOfAPortThatIsDeleted() {
        daemon.run("add-port two --network blue --mac 02:00:00:00:00:02").ok();
        daemon.run("fdb add blue " + FAR + " --port two").ok();
        daemon.run("del-port two").ok();
        assertEquals(List.of(), daemon.state().network("blue").fdb());
        assertFalse(daemon.run("fdb blue").ok().out().contains(FAR));
    }
}

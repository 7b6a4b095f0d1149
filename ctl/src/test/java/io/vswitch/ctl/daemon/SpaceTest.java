package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.view.PortStats;
import io.vswitch.ctl.cli.Run;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mapping spaces by command, and packets through rules that name them; tunnels in memory. */
@Tag("long")
class SpaceTest {
    private static final String MAC = "02:00:00:00:00:01";
    private static final String PEER_MAC = "02:00:00:00:00:99";

    private static final List<String> REFUSED =
            List.of(
                    "add-space far | 1 | space 'far' is there already",
                    "add-space x --on-miss park --park-packets 257 | 1 | space 'x': 257 packets"
                            + " parked; allowed: 0 to 256",
                    "add-space x --park-ms 0 | 1 | space 'x': parked for 0 ms; allowed: 1 to 60000",
                    "add-mapping fra 10.0.0.1 192.0.2.1 | 1 | no space 'fra'; did you mean 'far'?",
                    "add-mapping far 10.0.0.1/8 192.0.2.1 | 2 | mapping: address '10.0.0.1/8': host"
                            + " bits are set; the network is 10.0.0.0/8",
                    "add-mapping far 10.0.0.1 here | 2 | mapping: provider 'here': not an address;"
                            + " allowed: IPv4 as in 10.0.0.1, IPv6 as in fd00::1",
                    "add-mapping far 10.0.0.1 192.0.2.1 --vni 16777216 | 2 | mapping: vni"
                            + " '16777216': allowed: 0 to 16777215",
                    "add-mapping far 10.0.0.1 192.0.2.1 --mac ff:ff:ff:ff:ff:ff | 2 | mapping: mac"
                            + " 'ff:ff:ff:ff:ff:ff': allowed: the MAC of one host",
                    "del-mapping far 10.1.9.8 | 1 | space 'far' has no mapping of 10.1.9.8",
                    "add-rule web out encap space fra | 1 | no space 'fra'; did you mean 'far'?",
                    "add-rule web out encap far | 2 | rule: encap 'far' at word 1: allowed: 'space"
                            + " NAME' or 'to IP,IP,...'",
                    "add-rule web out encap to 192.0.2.11 vni 9 | 1 | rule '1': no network has VNI"
                            + " 9; add one by `vswitchctl add-network NAME --mode overlay`",
                    "add-rule lone out encap space far | 1 | rule '1': port 'lone' is on no overlay"
                            + " network; add one by `vswitchctl add-network NAME --mode overlay`",
                    "add-rule web fw.fout encap space far | 1 | rule '2': layer 'fw' of port 'web'"
                            + " is --stateful; encap and decap need one that isn't",
                    "add-rule web fw.fout allow meta zone=1 | 1 | rule '2': layer 'fw' of port"
                            + " 'web' is --stateful; meta needs one that isn't",
                    "add-rule web out block set-meta zone=1 | 2 | rule: set-meta at word 2 needs an"
                            + " action that lets packets go on, not block",
                    "add-rule web out allow meta zoon=1 | 2 | rule: meta 'zoon=1' at word 3:"
                        + " allowed: KEY=VALUE or a comma list of them; KEY is class, mark, route"
                        + " or zone, VALUE 0 to 65535, each KEY once");

    @TempDir private Path directory;
    private LocalDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new LocalDaemon(directory);
        daemon.run("add-network blue --mode overlay --vni 4096 --local 192.0.2.10").ok();
        daemon.run("add-network red --mode overlay --vni 4097 --local 192.0.2.10").ok();
        daemon.run("add-peer blue 192.0.2.11").ok();
        daemon.run("add-network plain").ok();
        daemon.run("add-port web --network blue --ip 10.1.0.1/16 --mac " + MAC).ok();
        daemon.run("add-port lone --network plain").ok();
        daemon.run("add-space far").ok();
        daemon.run("add-space slow --on-miss park --park-packets 2 --park-ms 60000").ok();
        daemon.run("add-mapping far 10.1.0.0/16 192.0.2.12").ok();
        daemon.run("add-mapping far 10.1.9.7 192.0.2.13 --vni 4097 --mac 02:00:00:00:00:77").ok();
        daemon.run("add-layer web fw --priority 5 --stateful").ok();
        daemon.run("add-group web fw fout --direction out --priority 10").ok();
        daemon.run("add-rule web fw.fout allow").ok();
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private String explain(final String destination) {
        final String packet =
                "web " + MAC + " > " + PEER_MAC + " udp 10.1.0.1:1000 > " + destination + ":53";
        return daemon.run("explain " + packet).ok().out();
    }

    private void send() {
        final HexFormat hex = HexFormat.of();
        final byte[] frame =
                hex.parseHex(
                        "0200000000990200000000010800"
                                + "4500001c00000000401163c50a0100010a010907"
                                + "03e8003500080000");
        final MemoryPort port = daemon.devices.open.get("web");
        assertTrue(port.send(new UnsafeBuffer(frame), 0, frame.length));
    }

    private MemoryPort tunnel(final String name) {
        return daemon.tunnels.open.get(name).frames();
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 3000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertTrue(condition.getAsBoolean());
    }

    @Test
    void shouldRefuseInOneLine() throws IOException {
        final String before = daemon.fingerprint();
        for (final String refused : REFUSED) {
            final String[] parts = refused.split(" \\| ");
            final Run run = daemon.run(parts[0]);
            assertEquals("vswitchctl: " + parts[2], run.err().lines().findFirst().orElse(""));
            assertEquals(Integer.parseInt(parts[1]), run.code(), parts[0]);
        }
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldEncapWhereTheLongestPrefixSays() {
        daemon.run("add-rule web out encap space far where dst-ip 10.1.0.0/16").ok();
        assertTrue(explain("10.1.3.3").contains("encap: VNI 4096 to 192.0.2.12"));
        final String exact = explain("10.1.9.7");
        assertTrue(exact.contains("encap: VNI 4097 to 192.0.2.13"), exact);
        assertTrue(exact.contains("02:00:00:00:00:77"), exact);
        daemon.run("add-mapping far 10.1.3.3 192.0.2.14").ok();
        assertTrue(explain("10.1.3.3").contains("encap: VNI 4096 to 192.0.2.14"));
        daemon.run("del-mapping far 10.1.0.0/16").ok();
        assertTrue(explain("10.1.4.4").contains("no-mapping"), explain("10.1.4.4"));
        assertEquals(
                "vswitchctl: space 'far' is used by rule 'web acl.out 1'; delete it first",
                daemon.run("del-space far").err().strip());
    }

    @Test
    void shouldChooseOneOfTheNextHopsByFlow() {
        daemon.run("add-rule web out encap to 192.0.2.11,192.0.2.12,192.0.2.13").ok();
        final int[] hits = new int[3];
        for (int i = 0; i < 60; i++) {
            final String way = explain("10.1.7." + i);
            assertEquals(way, explain("10.1.7." + i));
            for (int hop = 0; hop < 3; hop++) {
                hits[hop] += way.contains("VNI 4096 to 192.0.2.1" + (hop + 1)) ? 1 : 0;
            }
        }
        assertEquals(60, hits[0] + hits[1] + hits[2]);
        assertTrue(hits[0] > 5 && hits[1] > 5 && hits[2] > 5, hits[0] + " " + hits[1]);
    }

    @Test
    void shouldReadMetadataInALaterLayer() {
        daemon.run("add-layer web router --priority 50").ok();
        daemon.run("add-group web router rout --direction out --priority 10").ok();
        daemon.run("add-rule web router.rout allow set-meta route=7 where dst-ip 10.1.9.0/24").ok();
        daemon.run("add-rule web out encap space far where meta route=7").ok();
        assertTrue(explain("10.1.9.7").contains("encap: VNI 4097"), explain("10.1.9.7"));
        assertTrue(!explain("10.1.8.7").contains("to 192.0.2.12"), explain("10.1.8.7"));
    }

    @Test
    void shouldTakeFromTheMappedProviderOnly() {
        daemon.run("add-rule web in decap space far where src-ip 10.1.0.0/16").ok();
        final String packet =
                "explain vx-4096 "
                        + PEER_MAC
                        + " > "
                        + MAC
                        + " udp 10.1.3.3:1000 > 10.1.0.1:53 --remote ";
        daemon.run("add-mapping far 10.1.3.3 192.0.2.11").ok();
        final String good = daemon.run(packet + "192.0.2.11").ok().out();
        assertTrue(!good.contains("not-from-provider"), good);
        final String bad = daemon.run(packet + "192.0.2.12").ok().out();
        assertTrue(bad.contains("not-from-provider"), bad);
    }

    @Test
    void shouldFollowAMappingThatChangesUnderAFlow() throws Exception {
        daemon.run("add-rule web out encap space far where dst-ip 10.1.0.0/16").ok();
        send();
        assertEquals(0x77, tunnel("vx-4097").receive(10_000)[5]);
        daemon.run("add-mapping far 10.1.9.7 192.0.2.13 --mac 02:00:00:00:00:78").ok();
        send();
        assertEquals(0x78, tunnel("vx-4096").receive(10_000)[5]);
        daemon.run("del-mapping far 10.1.9.7").ok();
        daemon.run("del-mapping far 10.1.0.0/16").ok();
        send();
        await(() -> daemon.run("drops").ok().out().contains("no-mapping"));
        assertNull(tunnel("vx-4096").receive(1));
    }

    @Test
    void shouldParkPacketsUntilTheirMappingComes() throws Exception {
        daemon.run("add-rule web out encap space slow where dst-ip 10.1.0.0/16").ok();
        for (int i = 0; i < 3; i++) {
            send();
        }
        await(() -> daemon.run("drops").ok().out().contains("no-mapping"));
        final String events = daemon.run("events").ok().out();
        assertEquals(4, events.lines().count(), events);
        assertTrue(events.contains("10.1.9.7"), events);
        daemon.run("add-mapping slow 10.1.2.0/24 192.0.2.11").ok();
        daemon.run("add-mapping slow 10.1.9.0/24 192.0.2.11").ok();
        assertEquals((byte) 0x99, tunnel("vx-4096").receive(10_000)[5]);
        assertEquals((byte) 0x99, tunnel("vx-4096").receive(10_000)[5]);
        assertEquals(4, daemon.run("events").ok().out().lines().count());
        final PortStats all = daemon.vswitch.totals();
        assertEquals(3, all.rxPackets());
        assertEquals(2, all.txPackets());
        assertEquals(1, all.dropped());
        assertEquals(0, daemon.vswitch.buffered());
    }

    @Test
    void shouldGiveUpParkedPacketsAfterTheirTime() throws Exception {
        daemon.run("add-space brief --on-miss park --park-ms 1").ok();
        daemon.run("add-rule web out encap space brief where dst-ip 10.1.0.0/16").ok();
        send();
        await(() -> daemon.run("drops").ok().out().contains("no-mapping"));
    }

    @Test
    void shouldBeStoredAndWrittenAsADocument() throws IOException {
        daemon.run("add-rule web out encap space far where dst-ip 10.1.0.0/16").ok();
        assertEquals(
                daemon.state().toChanges(),
                DesiredState.EMPTY
                        .apply(Json.readChanges(Json.writeChanges(daemon.state().toChanges())))
                        .toChanges());
        final Path file = directory.resolve("all.yaml");
        Files.writeString(file, daemon.run("export").ok().out());
        final String before = daemon.fingerprint();
        daemon.run("apply -f " + file).ok();
        assertEquals(before, daemon.fingerprint());
        daemon.run("del-mapping far 10.1.9.7").ok();
        daemon.run("add-mapping far 10.1.0.0/16 192.0.2.14").ok();
        daemon.run("add-mapping far fd00::/64 192.0.2.14").ok();
        final String diff = daemon.run("diff -f " + file).out();
        assertTrue(diff.contains("mapping far 10.1.9.7"), diff);
        daemon.run("apply -f " + file).ok();
        assertEquals(2, daemon.state().spaces().space("far").size());
        final String list = daemon.run("list-mappings far").ok().out();
        assertEquals(
                """
                space far: drops what isn't mapped, 1 rules
                ADDRESS        PROVIDER   VNI  MAC
                10.1.0.0/16  192.0.2.12     -  -
                10.1.9.7     192.0.2.13  4097  02:00:00:00:00:77
                """,
                list);
    }
}

package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.MeterCounter;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.view.DroppedPacket;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What rules do besides deciding, through a whole switch: limits, mirrors, meters, audits. */
class RuleExtrasTest extends StatefulFixture {
    private final MemoryPort span = new MemoryPort("span");
    private int spanId;

    @BeforeEach
    void addSpan() {
        sw.addNetwork(io.vswitch.core.engine.NetworkConfig.of("spans"));
        spanId = sw.addPort(span, "spans", PortPolicy.ALLOW_ALL);
    }

    private void out(final String... texts) {
        PolicySet set = layer(false);
        for (int i = 0; i < texts.length; i++) {
            set = set.withRule("acl", "out", Rule.of("" + (i + 1), 100 + i, texts[i]));
        }
        rules = set;
        sw.policy(
                "a",
                compiler.compile(
                        set, name -> name.equals("span") ? spanId : name.equals("b") ? 1 : -1));
    }

    private List<byte[]> mirrored() {
        final List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            span.receive(
                    (buffer, offset, length) -> {
                        final byte[] frame = new byte[length];
                        buffer.getBytes(offset, frame);
                        frames.add(frame);
                    },
                    64);
        }
        return frames;
    }

    private int passed(final int packets, final int portA) {
        int count = 0;
        for (int i = 0; i < packets; i++) {
            count += fromA(17, portA, 53, 0) ? 1 : 0;
        }
        return count;
    }

    @Test
    void shouldPassABurstThenTheRateWhenARuleLimitsPackets() {
        out("allow limit 10pps burst 3");
        assertEquals(3, passed(5, 1));
        nowNs += SECOND / 10;
        assertEquals(1, passed(2, 2));
        nowNs += 10 * SECOND;
        assertEquals(3, passed(4, 1));
        assertEquals(4, drops(DropReason.RATE_LIMITED));
        sw.syncRuleCounters();
        assertEquals(11, compiler.ref("acl", "out", "1").packets());
        assertEquals(4, compiler.ref("acl", "out", "1").limited());
    }

    @Test
    void shouldCountBytesWhenARuleLimitsBits() {
        final int length = frame(true, 17, 1, 53, 0).capacity();
        out("allow limit " + 8 * length + "bit burst " + 2 * length);
        assertEquals(2, passed(3, 1));
        nowNs += SECOND;
        assertEquals(1, passed(3, 1));
    }

    @Test
    void shouldKeepWhatWasSpentWhenOtherRulesChange() {
        out("allow limit 1pps burst 2");
        assertEquals(2, passed(3, 1));
        out("allow limit 1pps burst 2", "block proto tcp");
        assertEquals(0, passed(1, 1));
        out("allow limit 1pps burst 5", "block proto tcp");
        assertEquals(5, passed(9, 1));
    }

    @Test
    void shouldShareOneLimitAmongTheFlowsOfItsRule() {
        out("allow limit 1pps burst 4");
        assertEquals(4, passed(2, 1) + passed(2, 2) + passed(2, 3));
    }

    @Test
    void shouldMirrorAsReceivedWhenTheRuleRewrites() {
        out("rewrite dst-port=99 mirror span where proto udp");
        final UnsafeBuffer frame = frame(true, 17, 1, 53, 0);
        assertTrue(passes(a, b, frame));
        assertTrue(passes(a, b, frame));
        final List<byte[]> copies = mirrored();
        assertEquals(2, copies.size());
        final byte[] sent = new byte[frame.capacity()];
        frame.getBytes(0, sent);
        assertArrayEquals(sent, copies.get(1));
    }

    @Test
    void shouldMirrorToThePortThatThePacketLeavesThrough() {
        out("allow mirror b");
        final UnsafeBuffer frame = frame(true, 17, 1, 53, 0);
        a.send(frame, 0, frame.capacity());
        final int[] count = new int[1];
        for (int i = 0; i < 3; i++) {
            sw.cycle();
            b.receive((buffer, offset, length) -> count[0]++, 64);
        }
        assertEquals(2, count[0]);
    }

    @Test
    void shouldMirrorOnceWhenThePacketIsFlooded() {
        out("allow mirror span", "block proto tcp");
        final UnsafeBuffer frame = frame(true, 17, 1, 53, 0);
        frame.setMemory(0, 6, (byte) 0xff);
        assertTrue(passes(a, b, frame));
        assertEquals(1, mirrored().size());
    }

    @Test
    void shouldMirrorWhenAnotherLayerBlocks() {
        out("block mirror span");
        assertFalse(fromA(17, 1, 53, 0));
        assertEquals(1, mirrored().size());
        assertEquals(1, drops(DropReason.POLICY_BLOCKED));
    }

    @Test
    void shouldLoseOnlyTheCopyWhenTheMirrorIsGoneOrDisabled() {
        out("allow mirror span");
        sw.enablePort("span", false);
        assertTrue(fromA(17, 1, 53, 0));
        assertEquals(1, drops(DropReason.PORT_DISABLED));
        out("allow mirror nowhere");
        assertTrue(fromA(17, 1, 53, 0));
        assertEquals(1, drops(DropReason.DESTINATION_GONE));
    }

    @Test
    void shouldLoseOnlyCopiesWhenTheMirrorIsFull() {
        out("allow mirror span");
        int passed = 0;
        for (int i = 0; i < 20_000 && drops(DropReason.TX_QUEUE_FULL) == 0; i++) {
            passed += fromA(17, 1, 53, 0) ? 1 : 0;
            assertEquals(i + 1, passed);
        }
        assertEquals(1, drops(DropReason.TX_QUEUE_FULL));
    }

    @Test
    void shouldMirrorOnceToAPortWhenSeveralRulesDo() {
        out("audit mirror span", "allow mirror span");
        assertTrue(fromA(17, 1, 53, 0));
        assertEquals(1, mirrored().size());
    }

    @Test
    void shouldAddUpWhatPassedWhenRulesShareAMeter() {
        out(
                "allow meter web limit 1pps burst 2 proto udp dst-port 53",
                "allow meter web where proto udp dst-port 54",
                "block");
        final int length = frame(true, 17, 1, 53, 0).capacity();
        assertEquals(2, passed(3, 1));
        assertTrue(fromA(17, 1, 54, 0));
        assertFalse(fromA(17, 1, 55, 0));
        sw.syncRuleCounters();
        final MeterCounter meter = compiler.meters().get(0);
        assertEquals(1, compiler.meters().size());
        assertEquals(
                "web 3 " + 3 * length, meter.name() + " " + meter.packets() + " " + meter.bytes());
    }

    @Test
    void shouldChangeNoVerdictWhenARuleAudits() {
        out(
                "audit proto udp",
                "audit proto udp dst-port 54",
                "block proto udp dst-port 53",
                "allow");
        assertFalse(fromA(17, 1, 53, 0));
        assertTrue(fromA(17, 1, 54, 0));
        assertTrue(fromA(17, 1, 54, 0));
        final List<DroppedPacket> kept = sw.lastAudited(10).packets();
        assertEquals(
                List.of("2", "1", "2", "1", "1"), kept.stream().map(p -> p.rule().id()).toList());
        assertEquals(null, kept.get(0).reason());
        sw.syncRuleCounters();
        assertEquals(3, compiler.ref("acl", "out", "1").packets());
        assertEquals(1, drops(DropReason.POLICY_BLOCKED));
        assertEquals("3", sw.lastDrops(1).packets().get(0).rule().id());
    }

    @Test
    void shouldDropByDefaultWhenOnlyAnAuditRuleMatches() {
        out("audit");
        final long before = drops(DropReason.LAYER_DEFAULT);
        assertFalse(fromA(17, 1, 53, 0));
        assertEquals(before + 1, drops(DropReason.LAYER_DEFAULT));
    }

    @Test
    void shouldReadBackWhatIsPrinted() {
        for (final String text :
                List.of(
                        "allow limit 10mbit burst 64k mirror span meter web where proto udp",
                        "terminating redirect b limit 1500bit burst 1500",
                        "audit mirror span meter m where src-ip 10.0.0.1",
                        "rewrite dscp=46 limit 5kpps burst 500 where ethertype ipv4")) {
            assertEquals(text, RuleBody.parse(text).toString());
        }
        assertEquals(
                "allow limit 8mbit burst 100000 mirror x where proto tcp",
                RuleBody.parse("mirror x proto tcp limit 8000kbit").toString());
    }
}

package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.FrameSpec;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Answers to refused packets, byte by byte, on scripted ports. */
class ReplyTest extends EngineFixture {
    private static final PortPolicy REJECT_OUT =
            (direction, fields, decision, trace) -> {
                if (direction == Direction.OUTBOUND) {
                    decision.reject();
                }
            };

    private static final PortPolicy REJECT_IN =
            (direction, fields, decision, trace) -> {
                if (direction == Direction.INBOUND) {
                    decision.reject();
                }
            };

    private static String hex(final byte[] bytes, final int from, final int to) {
        return HexFormat.of().formatHex(bytes, from, to);
    }

    private byte[] onlyAnswer() {
        assertEquals(1, a.sent.size());
        assertEquals(0, b.sent.size() + c.sent.size());
        return a.sent.get(0).bytes();
    }

    @Test
    void shouldResetWhenSynIsRejected() {
        sw.policy("a", REJECT_OUT);
        send(a, Frames.tcp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1000, 80, 2, 20));

        final byte[] rst = onlyAnswer();
        assertEquals(
                "02000000000a02000000000b0800"
                        + "4500002800004000400626ce0a0000020a000001"
                        + "005003e8000000000000001650140000",
                hex(rst, 0, 50));
        final UnsafeBuffer frame = new UnsafeBuffer(rst);
        assertEquals(54, rst.length);
        assertEquals(0xffff, Frames.transportSum(frame));
        assertEquals(0xffff, Frames.headerSum(frame));
        assertEquals(1, drops(DropReason.REJECTED));
        assertEquals(1, sw.totals().replicated());
    }

    @Test
    void shouldResetAtTheAcknowledgedNumberWhenAckIsRejectedInbound() {
        introduce();
        sw.policy("b", REJECT_IN);
        final UnsafeBuffer data = tcp(MAC_A, MAC_B, 0x18);
        data.putInt(42, 0x78563412);
        send(a, data);

        assertEquals("1234567800000000" + "50040000", hex(onlyAnswer(), 38, 50));
        assertEquals(0xffff, Frames.transportSum(new UnsafeBuffer(onlyAnswer())));
        assertEquals(1L, sw.ports().get(1).stats().drops().get(DropReason.REJECTED));
    }

    @Test
    void shouldCountTheWholeSuperFrameWhenItIsReset() {
        sw.policy("a", REJECT_OUT);
        final UnsafeBuffer frame =
                Frames.tcp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1, 2, 1, 30_000);
        a.deliver(Frames.superFrame(frame, Offload.GSO_TCPV4, 1000));
        run();

        assertEquals(
                "00000000" + hex(new byte[] {0, 0, 0x75, 0x32}, 0, 4) + "5014",
                hex(onlyAnswer(), 38, 48));
    }

    @Test
    void shouldQuoteUdpWithItsFullChecksumWhenItWasOpen() {
        sw.policy("a", REJECT_OUT);
        a.deliver(Frames.openChecksum(udp(MAC_A, MAC_B, 53)));
        run();

        final byte[] icmp = onlyAnswer();
        assertEquals("02000000000a02000000000b0800" + "45c0004c00004000", hex(icmp, 0, 22));
        assertEquals("4001", hex(icmp, 22, 24));
        assertEquals("0a0000020a000001" + "030d", hex(icmp, 26, 36));
        final UnsafeBuffer quoted = new UnsafeBuffer(new byte[14 + icmp.length - 42]);
        quoted.putBytes(14, icmp, 42, icmp.length - 42);
        assertEquals(0xffff, Frames.transportSum(quoted));
        assertEquals("03e80035001c", hex(icmp, 62, 68));
    }

    @Test
    void shouldAnswerTimeExceededWhenTtlIsUsedUp() {
        introduce();
        sw.policy(
                "a",
                (direction, fields, decision, trace) ->
                        fields.ttlDecrement += direction == Direction.OUTBOUND ? 1 : 0);
        final UnsafeBuffer frame = udp(MAC_A, MAC_B, 33434);
        frame.putByte(22, (byte) 1);
        send(a, frame);

        final byte[] icmp = onlyAnswer();
        assertEquals("0b00", hex(icmp, 34, 36));
        assertEquals(hex(frame.byteArray(), 14, frame.capacity()), hex(icmp, 42, icmp.length));
        assertEquals(1, drops(DropReason.TTL_EXCEEDED));
    }

    private UnsafeBuffer large(final int fragmentField) {
        final UnsafeBuffer frame = Frames.udp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1, 2, 1480);
        frame.putShort(20, (short) fragmentField, java.nio.ByteOrder.BIG_ENDIAN);
        return frame;
    }

    @Test
    void shouldTellTheMtuWhenAPacketIsTooLong() {
        introduce();
        sw.policy("a", (direction, fields, decision, trace) -> fields.destinationLow = 0x0a000063);
        final UnsafeBuffer frame = large(0x4000);
        send(a, frame);

        final byte[] icmp = onlyAnswer();
        assertEquals("0304", hex(icmp, 34, 36));
        assertEquals("000005dc", hex(icmp, 38, 42));
        assertEquals(hex(frame.byteArray(), 14, 14 + 548), hex(icmp, 42, icmp.length));
        assertEquals(1, sw.ports().get(1).stats().drops().get(DropReason.EXCEEDS_MTU));
    }

    @Test
    void shouldTellTheMtuWhenTheSegmentsOfASuperFrameAreTooLong() {
        introduce();
        final UnsafeBuffer frame =
                Frames.tcp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1, 2, 16, 30_000);
        frame.putByte(20, (byte) 0x40);
        a.deliver(Frames.superFrame(frame, Offload.GSO_TCPV4, 1461));
        run();
        assertEquals("0304", hex(onlyAnswer(), 34, 36));
        assertEquals("000005dc", hex(onlyAnswer(), 38, 42));
    }

    @Test
    void shouldStaySilentWhenATooLongPacketMayBeCutOrIsFlooded() {
        send(a, large(0x4000));
        introduce();
        send(a, large(0));
        assertEquals(0, a.sent.size());
        assertEquals(3, drops(DropReason.EXCEEDS_MTU));
    }

    @Test
    void shouldCutTheQuoteWhenThePacketIsLong() {
        sw.policy("a", REJECT_OUT);
        send(a, Frames.udp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1, 2, 1400));
        assertEquals(14 + 576, onlyAnswer().length);
    }

    @Test
    void shouldStaySilentWhenThePacketMayNotBeAnswered() {
        sw.policy("a", REJECT_OUT);
        send(a, tcp(MAC_A, MAC_B, 4));
        send(a, udp(MAC_A, BROADCAST, 1));
        send(a, Frames.udp(MAC_A, MAC_B, "0.0.0.0", "10.0.0.2", 1, 2, 9));
        send(a, Frames.udp(MAC_A, MAC_B, "224.0.0.1", "10.0.0.2", 1, 2, 9));
        send(a, Frames.udp(MAC_A, MAC_B, "10.0.0.1", "255.255.255.255", 1, 2, 9));
        final UnsafeBuffer error = udp(MAC_A, MAC_B, 1);
        error.putByte(23, (byte) 1);
        error.putByte(34, (byte) 3);
        send(a, error);
        final UnsafeBuffer whole = Frames.udp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1, 2, 72);
        send(a, FragmentFrames.piece(whole, 1, 0, 40, true));
        assertEquals(1, a.sent.size(), "the first fragment is answered");
        a.sent.clear();
        send(a, FragmentFrames.piece(whole, 1, 40, 40, false));
        final UnsafeBuffer other = new UnsafeBuffer(new byte[60]);
        Frames.ethernet(other, MAC_A, MAC_B, 0x88b5);
        send(a, other);

        assertEquals(9, drops(DropReason.REJECTED));
        assertEquals(0, a.sent.size());
    }

    @Test
    void shouldStaySilentWhenTheRejectedPacketIsAFloodedCopy() {
        sw.policy("b", REJECT_IN);
        send(a, udp(MAC_A, MAC_B, 1));
        assertEquals(0, a.sent.size());
        assertEquals(1, c.sent.size());
    }

    @Test
    void shouldAnswerAHundredAtOnceAndAThousandASecond() {
        sw.policy("a", REJECT_OUT);
        for (int i = 0; i < 300; i++) {
            a.deliver(udp(MAC_A, MAC_B, i));
        }
        run();
        assertEquals(100, a.sent.size());
        nowNs += 10_000_000;
        for (int i = 0; i < 300; i++) {
            a.deliver(udp(MAC_A, MAC_B, i));
        }
        run();
        assertEquals(110, a.sent.size());
        assertEquals(600, drops(DropReason.REJECTED));
    }

    @Test
    void shouldBalanceTheBooksWhenFramesAreRandom() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (final ScriptedPort port : Arrays.asList(a, b)) {
            sw.policy(port.name(), REJECT_OUT);
        }
        for (int i = 0; i < 20_000; i++) {
            final byte[] frame = FrameSpec.random(random, 1500).build();
            for (int j = random.nextInt(4); j > 0; j--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            a.deliver(new UnsafeBuffer(frame));
            nowNs += 2_000_000;
            run();
            assertEquals(sw.buffered(), sw.slabsInUse(), () -> "seed " + seed);
            assertEquals(0, errors().size(), () -> "seed " + seed);
        }
    }
}

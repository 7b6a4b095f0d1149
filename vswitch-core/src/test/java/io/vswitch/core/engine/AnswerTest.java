package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.FrameSpec;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleExtras;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.reply.Answer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** What the switch answers in the place of a receiver, byte by byte. */
class AnswerTest extends EngineFixture {
    private static final long MAC = 0x02_00_00_00_00_99L;

    private static PortPolicy answer(final Direction when, final Answer.Kind kind) {
        final Answer answer = new Answer(kind, kind == Answer.Kind.ECHO ? 0 : MAC);
        final RuleRef rule =
                new RuleRef("a", "l", "g", "r", new RuleExtras(null, null, false, answer));
        return (direction, fields, decision, trace) -> {
            if (direction == when) {
                decision.matched(rule);
                decision.drop(DropReason.ANSWERED);
            }
        };
    }

    private void answerOut(final Answer.Kind kind) {
        sw.policy("a", answer(Direction.OUTBOUND, kind));
    }

    private String onlyAnswer() {
        assertEquals(1, a.sent.size());
        assertEquals(0, b.sent.size() + c.sent.size());
        return HexFormat.of().formatHex(a.sent.get(0).bytes());
    }

    @Test
    void shouldAnswerArpWithTheMacOfTheRule() {
        answerOut(Answer.Kind.ARP);
        send(a, GuardFrames.arp(MAC_A, 1, MAC_A, "10.0.0.1"));
        assertEquals(
                "02000000000a"
                        + "020000000099"
                        + "0806"
                        + "0001080006040002"
                        + "020000000099"
                        + "0a000002"
                        + "02000000000a"
                        + "0a000001",
                onlyAnswer());
        assertEquals(1, drops(DropReason.ANSWERED));
        assertEquals(1, sw.totals().replicated());
    }

    @Test
    void shouldKeepTheTagOfTheQuestion() {
        answerOut(Answer.Kind.ARP);
        send(a, GuardFrames.tagged(GuardFrames.arp(MAC_A, 1, MAC_A, "10.0.0.1"), 7));
        assertEquals("02000000000a0200000000998100", onlyAnswer().substring(0, 28));
    }

    @Test
    void shouldAnswerFromTheLayersOfAPortThatAQuestionIsFloodedTo() {
        sw.policy("b", answer(Direction.INBOUND, Answer.Kind.ARP));
        send(a, GuardFrames.arp(MAC_A, 1, MAC_A, "10.0.0.1"));
        assertEquals(1, a.sent.size());
        assertEquals(0, b.sent.size());
        assertEquals(1, c.sent.size());
    }

    @Test
    void shouldStaySilentWhenArpIsNoQuestionForAnother() {
        answerOut(Answer.Kind.ARP);
        send(a, GuardFrames.arp(MAC_A, 2, MAC_A, "10.0.0.1"));
        send(a, GuardFrames.arp(MAC_A, 1, MAC_A, "0.0.0.0"));
        send(a, GuardFrames.arp(MAC_A, 1, MAC_A, "10.0.0.2"));
        send(a, udp(MAC_A, MAC_B, 1));
        assertEquals(0, a.sent.size());
        assertEquals(4, drops(DropReason.ANSWERED));
    }

    @Test
    void shouldAdvertiseTheMacOfTheRule() {
        answerOut(Answer.Kind.ND);
        final UnsafeBuffer question =
                GuardFrames.icmp6(
                        MAC_A,
                        "fd00::1",
                        135,
                        GuardFrames.target("fd00::2"),
                        GuardFrames.option(1, 1, MAC_A));
        question.putByte(21, (byte) 255);
        send(a, question);
        final String answer = onlyAnswer();
        assertEquals(
                "02000000000a" + "020000000099" + "86dd" + "60000000" + "0020" + "3aff",
                answer.substring(0, 44));
        assertEquals(
                "fd000000000000000000000000000002" + "fd000000000000000000000000000001" + "8800",
                answer.substring(44, 112));
        assertEquals(
                "60000000" + "fd000000000000000000000000000002" + "0201" + "020000000099",
                answer.substring(116));
        assertEquals(0xffff, sum6(a.sent.get(0).bytes()));
    }

    /** Sum over pseudo-header and ICMPv6. */
    private static int sum6(final byte[] frame) {
        final UnsafeBuffer b = new UnsafeBuffer(frame);
        return io.vswitch.core.packet.Checksums.add(
                io.vswitch.core.packet.Checksums.pseudoHeaderV6(b, 14, 58, frame.length - 54),
                io.vswitch.core.packet.Checksums.sum(b, 54, frame.length - 54));
    }

    @Test
    void shouldStaySilentWhenASolicitationIsAProbeOrWasRouted() {
        answerOut(Answer.Kind.ND);
        final byte[] target = GuardFrames.target("fd00::2");
        final UnsafeBuffer probe = GuardFrames.icmp6(MAC_A, "::", 135, target);
        probe.putByte(21, (byte) 255);
        send(a, probe);
        final UnsafeBuffer routed = GuardFrames.icmp6(MAC_A, "fd00::1", 135, target);
        routed.putByte(21, (byte) 64);
        send(a, routed);
        assertEquals(0, a.sent.size());
        assertEquals(2, drops(DropReason.ANSWERED));
    }

    @Test
    void shouldAnswerEchoesInBothFamilies() {
        answerOut(Answer.Kind.ECHO);
        final Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            final FrameSpec spec = FrameSpec.random(random, 1400);
            spec.protocol = spec.v6 ? 58 : 1;
            spec.sourceMac = MAC_A;
            spec.destinationMac = MAC_B;
            spec.sourceIp[0] = (byte) (spec.v6 ? 0xfd : 10);
            spec.destinationIp[0] = (byte) (spec.v6 ? 0xfd : 10);
            spec.extensions = 0;
            final UnsafeBuffer frame = new UnsafeBuffer(spec.build());
            nowNs += 10_000_000;
            send(a, frame);
            assertEquals(i + 1, a.sent.size(), () -> spec.v6 + " " + spec.l4());
            final byte[] answer = a.sent.get(i).bytes();
            final FrameSpec expected = spec.clone();
            expected.sourceMac = MAC_B;
            expected.destinationMac = MAC_A;
            expected.sourceIp = spec.destinationIp;
            expected.destinationIp = spec.sourceIp;
            expected.ttl = 64;
            final byte[] wanted = expected.build();
            final int l4 = spec.l4();
            assertEquals(spec.v6 ? (byte) 129 : (byte) 0, answer[l4]);
            wanted[l4] = answer[l4];
            final byte[] sums = {answer[l4 + 2], answer[l4 + 3]};
            io.vswitch.core.packet.NaiveChecksum.fill(
                    wanted, spec.l3(), l4, spec.protocol, wanted.length);
            System.arraycopy(wanted, l4 + 2, sums, 0, 2);
            assertEquals(HexFormat.of().formatHex(wanted), HexFormat.of().formatHex(answer));
        }
    }

    @Test
    void shouldBalanceTheBooksWhenFramesAreRandom() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Answer.Kind[] kinds = Answer.Kind.values();
        for (int i = 0; i < 9_000; i++) {
            if (i % 3_000 == 0) {
                answerOut(kinds[i / 3_000]);
            }
            final byte[] frame =
                    random.nextInt(3) > 0
                            ? FrameSpec.random(random, 1500).build()
                            : random.nextBoolean()
                                    ? GuardFrames.arp(MAC_A, 1, MAC_A, "10.0.0.1")
                                            .byteArray()
                                            .clone()
                                    : GuardFrames.icmp6(
                                                    MAC_A,
                                                    "fd00::1",
                                                    135,
                                                    Arrays.copyOf(new byte[0], random.nextInt(40)))
                                            .byteArray();
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

package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.Neighbour;
import java.util.HexFormat;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ARP and ND for known addresses are answered by the switch; frames were made by scapy 2.5. */
class NeighbourAnswerTest extends EngineFixture {
    private static final long MAC_R = 0x02_00_00_00_00_72L;

    private static final String SOLICITATION =
            "3333ff00000202000000000a86dd6000000000203afffd000000000000000000"
                    + "000000000001ff0200000000000000000001ff00000287007d8e00000000fd00"
                    + "0000000000000000000000000002010102000000000a";

    private static final String ADVERTISEMENT =
            "02000000000a02000000007286dd6000000000203afffd000000000000000000"
                    + "000000000002fd00000000000000000000000000000188001c2a60000000fd00"
                    + "00000000000000000000000000020201020000000072";

    private static final String PROBE_V6 =
            "3333ff00000202000000000a86dd6000000000183aff00000000000000000000"
                    + "000000000000ff0200000000000000000001ff00000287007da300000000fd00"
                    + "0000000000000000000000000002";

    private static final String ADVERTISEMENT_TO_ALL =
            "33330000000102000000007286dd6000000000203afffd000000000000000000"
                    + "000000000002ff02000000000000000000000000000188005a2820000000fd00"
                    + "00000000000000000000000000020201020000000072";

    private static final String REQUEST =
            "ffffffffffff02000000000a0806000108000604000102000000000a0a000001"
                    + "0000000000000a000002";

    private static final String REPLY =
            "02000000000a020000000072080600010800060400020200000000720a000002"
                    + "02000000000a0a000001";

    @BeforeEach
    void tell() {
        introduce();
        sw.mappings("blue")
                .neighbours(
                        List.of(
                                new Neighbour(false, 0, 0x0a00_0002L, MAC_R),
                                new Neighbour(true, 0xfd00L << 48, 2, MAC_R)));
    }

    /** An ARP request that the switch answers. */
    static void ask(final ManualSwitch sw, final ScriptedPort from) {
        sw.mappings("blue").neighbours(List.of(new Neighbour(false, 0, 0x0a00_0002L, MAC_R)));
        from.deliver(frame(REQUEST));
    }

    private static UnsafeBuffer frame(final String hex) {
        return new UnsafeBuffer(HexFormat.of().parseHex(hex));
    }

    private static List<String> sentTo(final ScriptedPort port) {
        return port.sent.stream().map(f -> HexFormat.of().formatHex(f.bytes())).toList();
    }

    private void isAnswered(final String question, final String answer) {
        send(a, frame(question));
        assertEquals(List.of(answer), sentTo(a));
        assertEquals(0, b.sent.size());
        assertEquals(1, drops(DropReason.ANSWERED));
    }

    private void isFlooded(final UnsafeBuffer question) {
        send(a, question);
        assertEquals(0, a.sent.size());
        assertEquals(1, b.sent.size());
        assertEquals(0, drops(DropReason.ANSWERED));
    }

    @Test
    void shouldAnswerArpWhenTheAddressIsKnown() {
        isAnswered(REQUEST, REPLY);
    }

    @Test
    void shouldAnswerSolicitationWhenTheAddressIsKnown() {
        isAnswered(SOLICITATION, ADVERTISEMENT);
    }

    @Test
    void shouldTellEverybodyWhenTheAskerHasNoAddressYet() {
        isAnswered(PROBE_V6, ADVERTISEMENT_TO_ALL);
    }

    @Test
    void shouldFloodWhenTheAddressIsUnknown() {
        final UnsafeBuffer question = frame(REQUEST);
        question.putByte(41, (byte) 9);
        isFlooded(question);
    }

    @Test
    void shouldFloodAnnouncementsAndRepliesAndOwnProbes() {
        final UnsafeBuffer announcement = frame(REQUEST);
        announcement.putByte(31, (byte) 2);
        isFlooded(announcement);
        b.sent.clear();
        final UnsafeBuffer reply = frame(REQUEST);
        reply.putByte(21, (byte) 2);
        isFlooded(reply);
        b.sent.clear();
        final UnsafeBuffer own = frame(REQUEST);
        own.putByte(11, (byte) 0x72);
        isFlooded(own);
    }

    @Test
    void shouldFloodWhenTheQuestionIsTagged() {
        isFlooded(GuardFrames.tagged(frame(REQUEST), 5));
    }

    @Test
    void shouldFloodWhenTheSolicitationComesFromElsewhere() {
        final UnsafeBuffer routed = frame(SOLICITATION);
        routed.putByte(21, (byte) 254);
        isFlooded(routed);
    }

    @Test
    void shouldFloodAgainWhenTheAddressIsForgotten() {
        sw.mappings("blue").neighbours(List.of(new Neighbour(false, 0, 0x0a00_0002L, 0)));
        isFlooded(frame(REQUEST));
    }

    @Test
    void shouldLeaveQuestionsOutOfTunnelsToTheEndpoints() {
        final ScriptedPort tunnel =
                new ScriptedPort("vx-1") {
                    @Override
                    public PortKind kind() {
                        return PortKind.TUNNEL;
                    }
                };
        sw.addPort(tunnel, "blue", PortPolicy.ALLOW_ALL);
        send(tunnel, frame(REQUEST));
        assertEquals(0, tunnel.sent.size());
        assertEquals(1, b.sent.size());
    }

    @Test
    void shouldAnswerOnOneNetworkOnly() {
        sw.addNetwork(NetworkConfig.of("red"));
        final ScriptedPort other = new ScriptedPort("other");
        sw.addPort(other, "red", PortPolicy.ALLOW_ALL);
        send(other, frame(REQUEST));
        assertEquals(0, other.sent.size());
        assertEquals(1, drops(DropReason.NO_DESTINATION));
    }

    @Test
    void shouldShowTheAnswerInAnExplanation() {
        final UnsafeBuffer question = frame(REQUEST);
        final Explanation explanation = sw.explain("a", question, 0, question.capacity());
        assertEquals(
                "answered by the switch: the address is 02:00:00:00:00:72's",
                explanation.forwarding());
        assertEquals("answered", explanation.drop());
    }
}

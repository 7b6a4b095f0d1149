package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.policy.PolicyState;
import io.vswitch.core.policy.PortPolicy;
import java.nio.ByteOrder;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which TCP segments of a connection pass: those that a receiver might take. */
class TcpWindowTest extends EngineFixture {
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;
    private static final int ISN_A = 0x7fff_ff00;
    private static final int ISN_B = -100;
    private static final long SECOND = 1_000_000_000L;
    private static final int NO_SCALE = -1;

    /** Tracks every packet. */
    private static final PortPolicy TRACKS =
            (direction, fields, decision, trace) -> {
                final int found = decision.state().find(1, direction, fields);
                if (found == PolicyState.NEW) {
                    decision.state().open();
                } else if (found >= PolicyState.FORWARD) {
                    decision.state().keep();
                } else {
                    decision.drop(DropReason.LAYER_DEFAULT);
                }
            };

    @BeforeEach
    void track() {
        introduce();
        sw.policy("a", TRACKS);
    }

    private static UnsafeBuffer segment(
            final boolean fromA, final int flags, final int sequence, final int payload) {
        final UnsafeBuffer frame =
                fromA
                        ? Frames.tcp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 7, 80, flags, payload)
                        : Frames.tcp(MAC_B, MAC_A, "10.0.0.2", "10.0.0.1", 80, 7, flags, payload);
        frame.putInt(38, sequence, ByteOrder.BIG_ENDIAN);
        return frame;
    }

    private boolean passes(final boolean fromA, final ScriptedPort.Frame frame) {
        (fromA ? a : b).deliver(frame);
        run();
        final ScriptedPort to = fromA ? b : a;
        final boolean passed = !to.sent.isEmpty();
        to.sent.clear();
        return passed;
    }

    private boolean passes(
            final boolean fromA, final int flags, final int sequence, final int payload) {
        return passes(fromA, ScriptedPort.Frame.plain(segment(fromA, flags, sequence, payload)));
    }

    /** A SYN with a window scale option. */
    private boolean syn(final boolean fromA, final int flags, final int sequence, final int scale) {
        final UnsafeBuffer frame = segment(fromA, flags, sequence, scale == NO_SCALE ? 0 : 4);
        if (scale != NO_SCALE) {
            frame.putByte(46, (byte) 0x60);
            frame.putInt(54, 0x0103_0300 | scale, ByteOrder.BIG_ENDIAN);
        }
        return passes(fromA, ScriptedPort.Frame.plain(frame));
    }

    private void handshake(final int scaleOfA, final int scaleOfB) {
        assertEquals(true, syn(true, SYN, ISN_A, scaleOfA));
        assertEquals(true, syn(false, SYN | ACK, ISN_B, scaleOfB));
        assertEquals(true, passes(true, ACK, ISN_A + 1, 0));
    }

    @Test
    void shouldDropWhatNoWindowReaches() {
        handshake(NO_SCALE, NO_SCALE);
        assertEquals(true, passes(true, ACK, ISN_A + 1, 1000));
        assertEquals(true, passes(true, ACK, ISN_A + 1001 + 65_535, 1), "lost ones between");
        assertEquals(true, passes(true, ACK, ISN_A + 1001, 1000), "sent again");
        assertEquals(false, passes(true, ACK, ISN_A + 1003 + 2 * 65_535, 1));
        assertEquals(false, passes(true, ACK, ISN_A - 200_000, 1));
        assertEquals(false, passes(true, RST, ISN_A + (1 << 20), 0));
        assertEquals(false, passes(true, FIN | ACK, ISN_A - (1 << 20), 0));
        assertEquals(false, passes(false, RST, ISN_B + 1_000_000, 0));
        assertEquals(true, passes(true, ACK, ISN_A + 2001, 1000), "the connection goes on");
        assertEquals(true, passes(false, ACK, ISN_B + 1, 1000));
        assertEquals(5, drops(DropReason.TCP_OUT_OF_WINDOW));
    }

    @Test
    void shouldPassEverythingWhenLiberal() {
        sw.close();
        sw = context().tcpLiberal(true).launchManual();
        sw.addNetwork(NetworkConfig.of("blue"));
        for (final ScriptedPort port : new ScriptedPort[] {a, b, c}) {
            sw.addPort(port, "blue", PortPolicy.ALLOW_ALL);
        }
        track();
        handshake(NO_SCALE, NO_SCALE);
        assertEquals(true, passes(true, ACK, ISN_A + (1 << 30), 1));
    }

    @Test
    void shouldTakeTheScaleOfBothSyns() {
        handshake(7, 9);
        assertEquals(true, passes(true, ACK, ISN_A + 1 + (65_535 << 9), 1));
        assertEquals(false, passes(true, ACK, ISN_A + 3 + (65_535 << 10), 1));
        assertEquals(true, passes(false, ACK, ISN_B + 1 + (65_535 << 7), 1));
        assertEquals(false, passes(false, ACK, ISN_B + 3 + (65_535 << 8), 1));
    }

    @Test
    void shouldNotScaleWhenOneSideDoesNot() {
        handshake(7, NO_SCALE);
        assertEquals(false, passes(false, ACK, ISN_B + 3 + 65_535, 1));
    }

    @Test
    void shouldPassAWholeStreamAtFullSpeedThroughTheCache() {
        handshake(NO_SCALE, NO_SCALE);
        final Random random = new Random(5);
        int sent = ISN_A + 1;
        for (int i = 0; i < 100_000; i++) {
            final int length = 1 + random.nextInt(1400);
            assertEquals(true, passes(true, ACK, sent - random.nextInt(60_000), length));
            sent += length;
            assertEquals(true, passes(true, ACK, sent - length, length));
            if (i % 1000 == 0) {
                nowNs += 4 * SECOND;
                assertEquals(true, passes(false, ACK, ISN_B + 1, 0), "idle the other way");
            }
        }
        assertEquals(0, sw.totals().dropped());
    }

    @Test
    void shouldPassSuperFramesAndKeepalives() {
        handshake(NO_SCALE, NO_SCALE);
        int sent = ISN_A + 1;
        for (int i = 0; i < 100; i++) {
            final UnsafeBuffer frame = segment(true, ACK, sent, 60_000);
            assertEquals(true, passes(true, Frames.superFrame(frame, Offload.GSO_TCPV4, 1400)));
            sent += 60_000;
        }
        nowNs += 7200 * SECOND;
        assertEquals(true, passes(true, ACK, sent - 1, 0), "keepalive");
        assertEquals(true, passes(true, ACK, sent - 1, 1), "keepalive with a byte");
        assertEquals(0, sw.totals().dropped());
    }

    @Test
    void shouldLetASynOfACrashedHostBeAnswered() {
        handshake(NO_SCALE, NO_SCALE);
        assertEquals(true, syn(true, SYN, ISN_A + (1 << 30), NO_SCALE));
        assertEquals(true, passes(false, ACK, ISN_B + 1, 0), "challenge ACK");
        assertEquals(true, passes(true, RST, ISN_A + 1, 0), "RFC 9293 section 3.5.1");
        assertEquals(true, syn(true, SYN, ISN_A + (1 << 30), NO_SCALE));
        assertEquals(true, syn(false, SYN | ACK, 5, NO_SCALE));
        assertEquals(true, passes(true, ACK, ISN_A + (1 << 30) + 1, 100));
        assertEquals(true, passes(false, ACK, 6, 100));
        assertEquals(false, passes(false, ACK, ISN_B - (1 << 20), 0), "of before");
    }

    private void close() {
        assertEquals(true, passes(true, FIN | ACK, ISN_A + 1, 0));
        assertEquals(true, passes(false, FIN | ACK, ISN_B + 1, 0));
        assertEquals(true, passes(true, ACK, ISN_A + 2, 0));
    }

    private String state() {
        return sw.connections(c -> true, 10).get(0).state();
    }

    @Test
    void shouldReopenAfterTheEndByAFreshSynOnly() {
        handshake(NO_SCALE, NO_SCALE);
        close();
        assertEquals("time-wait", state());
        assertEquals(true, syn(true, SYN, ISN_A - 5000, NO_SCALE), "an old duplicate");
        assertEquals("time-wait", state());
        assertEquals(true, syn(true, SYN, ISN_A + 2, NO_SCALE));
        assertEquals("syn-sent", state());
    }

    /** RFC 6191: by timestamps the peer may take a SYN that isn't behind what was sent before. */
    @Test
    void shouldReopenWhenThePeerTakesAnOldSyn() {
        handshake(NO_SCALE, NO_SCALE);
        close();
        assertEquals(true, syn(true, SYN, ISN_A - (1 << 29), NO_SCALE));
        assertEquals("time-wait", state());
        assertEquals(true, syn(false, SYN | ACK, ISN_B + 70_000, NO_SCALE));
        assertEquals("syn-received", state());
        assertEquals(true, passes(true, ACK, ISN_A - (1 << 29) + 1, 100));
        assertEquals("established", state());
    }
}

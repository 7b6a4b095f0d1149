package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.MacInfo;
import io.vswitch.core.view.MacPin;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MACs behind the far ends of a tunnel port: learned, moved, pinned, never sent back into it. */
class TunnelForwardingTest extends EngineFixture {
    private static final long MAC_R = 0x02_00_00_00_00_72L;
    private static final int FAR = 0xffff;

    private final ScriptedTunnel tunnel = new ScriptedTunnel("vx-blue");

    @BeforeEach
    void addTunnel() {
        sw.addPort(tunnel, "blue", PortPolicy.ALLOW_ALL);
        introduce();
        tunnel.sent.clear();
        tunnel.remotes.clear();
    }

    private void arrive(final int remote, final UnsafeBuffer frame) {
        tunnel.remote = remote;
        send(tunnel, frame);
    }

    private MacInfo known(final long mac) {
        return sw.macs("blue").stream().filter(info -> info.mac() == mac).findFirst().orElseThrow();
    }

    @Test
    void shouldSendToTheRemoteThatTheAddressCameFrom() {
        arrive(FAR, udp(MAC_R, MAC_A, 1));
        assertEquals(1, a.sent.size());
        send(a, udp(MAC_A, MAC_R, 1));
        send(a, udp(MAC_A, MAC_R, 1));
        assertEquals(List.of(FAR, FAR), tunnel.remotes);
        assertEquals(0, b.sent.size());
        assertEquals("vx-blue", known(MAC_R).port());
        assertEquals(FAR, known(MAC_R).remote());
        assertEquals(0, known(MAC_A).remote());
    }

    @Test
    void shouldFollowAtOnceWhenAnAddressShowsUpBehindAnotherRemote() {
        for (final int remote : new int[] {1, 2, 1, FAR, 2}) {
            tunnel.remotes.clear();
            arrive(remote, udp(MAC_R, MAC_A, 1));
            send(a, udp(MAC_A, MAC_R, 1));
            assertEquals(List.of(remote), tunnel.remotes);
        }
        send(c, udp(MAC_R, MAC_A, 1));
        send(a, udp(MAC_A, MAC_R, 1));
        assertEquals(1, c.sent.size());
    }

    @Test
    void shouldSendToEveryPeerWhenTheAddressIsUnknownOrAGroup() {
        send(a, udp(MAC_A, MAC_R, 1));
        send(a, udp(MAC_A, BROADCAST, 1));
        assertEquals(List.of(0, 0), tunnel.remotes);
        assertEquals(2, b.sent.size());
    }

    @Test
    void shouldNeverSendBackIntoTheTunnel() {
        arrive(1, udp(MAC_R, BROADCAST, 1));
        arrive(2, udp(MAC_R + 1, MAC_R, 1));
        arrive(2, udp(MAC_R + 1, MAC_R + 9, 1));
        assertEquals(List.of(), tunnel.remotes);
        assertEquals(1, drops(DropReason.SAME_PORT));
        assertEquals(2, a.sent.size());
    }

    @Test
    void shouldTellTheRemoteWhenAPacketIsCut() {
        arrive(3, udp(MAC_R, MAC_A, 1));
        final UnsafeBuffer frame =
                Frames.tcp(MAC_A, MAC_R, "10.0.0.1", "10.0.0.2", 1000, 80, 0x10, 4000);
        final ScriptedPort.Frame plain = ScriptedPort.Frame.plain(frame);
        a.deliver(
                new ScriptedPort.Frame(
                        plain.bytes(), Offload.NEEDS_CHECKSUM, Offload.GSO_TCPV4, 1000, 34, 16));
        run();
        assertEquals(List.of(3, 3, 3, 3), tunnel.remotes);
    }

    @Test
    void shouldKeepPinnedAddressWhateverFramesSay() {
        sw.mappings("blue").pin(List.of(new MacPin(MAC_R, "vx-blue", 5)));
        arrive(6, udp(MAC_R, MAC_A, 1));
        send(c, udp(MAC_R, MAC_A, 1));
        send(a, udp(MAC_A, MAC_R, 1));
        assertEquals(List.of(5), tunnel.remotes);
        assertTrue(known(MAC_R).pinned());

        sw.mappings("blue").pin(List.of(new MacPin(MAC_R, "c", 0)));
        send(a, udp(MAC_A, MAC_R, 1));
        assertEquals(1, c.sent.size());
        assertEquals(List.of(5), tunnel.remotes);

        sw.mappings("blue").pin(List.of(new MacPin(MAC_R, null, 0)));
        send(a, udp(MAC_A, MAC_R, 1));
        assertEquals(List.of(5, 0), tunnel.remotes);
    }

    @Test
    void shouldRefuseAllPinsWhenOneIsWrong() {
        final List<MacPin> pins =
                List.of(new MacPin(MAC_R, "vx-blue", 5), new MacPin(MAC_R + 1, "nowhere", 5));
        final SwitchException refused =
                assertThrows(SwitchException.class, () -> sw.mappings("blue").pin(pins));
        assertEquals("port 'nowhere' isn't on network 'blue'", refused.getMessage());
        assertEquals(3, sw.macs("blue").size());
    }

    @Test
    void shouldForgetLearnedAddressesOnlyWhenFlushed() {
        arrive(1, udp(MAC_R, MAC_A, 1));
        sw.mappings("blue").pin(List.of(new MacPin(MAC_R + 1, "vx-blue", 5)));
        assertEquals(4, sw.mappings("blue").flushMacs());
        assertEquals(1, sw.macs("blue").size());
        assertTrue(known(MAC_R + 1).pinned());
        send(a, udp(MAC_A, MAC_R, 1));
        assertEquals(List.of(0), tunnel.remotes);
    }

    @Test
    void shouldForgetPinsWhenTheirPortIsRemoved() {
        sw.mappings("blue").pin(List.of(new MacPin(MAC_R, "vx-blue", 5)));
        sw.removePort("vx-blue");
        run();
        assertEquals(3, sw.macs("blue").size());
    }

    @Test
    void shouldShowTheTunnelInAnExplanation() {
        final UnsafeBuffer toR = udp(MAC_A, MAC_R, 1);
        assertEquals("encap to all", lastOutcome(sw.explain("a", toR, 0, toR.capacity())));
        arrive(4, udp(MAC_R, MAC_A, 1));
        assertEquals("encap to 4", lastOutcome(sw.explain("a", toR, 0, toR.capacity())));
        final UnsafeBuffer toA = udp(MAC_R, MAC_A, 1);
        final Explanation in = sw.explain("vx-blue", 4, toA, 0, toA.capacity(), Map.of());
        assertEquals("decap from 4", in.steps().get(0).outcome());
        assertTrue(in.cached());
    }

    private static String lastOutcome(final Explanation explanation) {
        return explanation.steps().get(explanation.steps().size() - 1).outcome();
    }
}

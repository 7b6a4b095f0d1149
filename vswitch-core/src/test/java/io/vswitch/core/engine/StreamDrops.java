package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.guard.ConnectionLimits;
import io.vswitch.core.guard.PortGuards;
import io.vswitch.core.guard.PortLimits;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyState;
import io.vswitch.core.policy.PolicyTrace;
import java.nio.ByteOrder;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/** Brings about drops that take more than one packet: of fragments, and of connections. */
final class StreamDrops {
    private static final long MAC_A = EngineFixture.MAC_A;
    private static final long MAC_B = EngineFixture.MAC_B;

    private final EngineFixture on;

    private StreamDrops(final EngineFixture on) {
        this.on = on;
    }

    static void addTo(final Map<DropReason, Runnable> producers, final EngineFixture on) {
        final StreamDrops drops = new StreamDrops(on);
        producers.put(DropReason.FRAGMENT_WITHOUT_FIRST, drops::lateFragment);
        producers.put(DropReason.FRAGMENT_OVERLAP, drops::overlap);
        producers.put(DropReason.CONNECTION_LIMIT, drops::oneTooMany);
        producers.put(DropReason.TCP_OUT_OF_WINDOW, drops::outOfWindow);
    }

    private static UnsafeBuffer piece(final int at, final boolean more) {
        final UnsafeBuffer whole = Frames.udp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1, 2, 72);
        return FragmentFrames.piece(whole, 1, at, 40, more);
    }

    private void lateFragment() {
        on.send(on.a, piece(40, false));
        on.nowNs += EngineFixture.FRAGMENTS_WAIT_NS;
    }

    private void overlap() {
        on.send(on.a, piece(0, true));
        on.send(on.a, piece(32, true));
        on.b.sent.clear();
    }

    private void oneTooMany() {
        final ConnectionLimits one = new ConnectionLimits(0, 1, 0, 0);
        final PortLimits limits = new PortLimits(null, null, 1_000, one);
        on.sw.guards("a", new PortGuards.Builder().traffic(limits).build());
        handshake();
        on.a.deliver(Frames.tcp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 8, 80, 2, 0));
    }

    private void outOfWindow() {
        handshake();
        on.a.deliver(segment(true, 16, 1 << 20));
    }

    private void handshake() {
        on.sw.policy("a", StreamDrops::track);
        on.send(on.a, segment(true, 2, 99));
        on.send(on.b, segment(false, 18, 499));
        on.send(on.a, segment(true, 16, 100));
        on.b.sent.clear();
    }

    /** Every packet is part of a connection, or opens one. */
    private static void track(
            final Direction direction,
            final HeaderFields fields,
            final PolicyDecision decision,
            final PolicyTrace trace) {
        final int found = decision.state().find(1, direction, fields);
        if (found == PolicyState.NEW) {
            decision.state().open();
        } else if (found >= PolicyState.FORWARD) {
            decision.state().keep();
        }
    }

    private static UnsafeBuffer segment(final boolean fromA, final int flags, final int sequence) {
        final UnsafeBuffer frame =
                fromA
                        ? Frames.tcp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 7, 80, flags, 0)
                        : Frames.tcp(MAC_B, MAC_A, "10.0.0.2", "10.0.0.1", 80, 7, flags, 0);
        frame.putInt(38, sequence, ByteOrder.BIG_ENDIAN);
        return frame;
    }
}

package io.vswitch.core.engine;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.view.CaptureSpec;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler.Action;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two workers write frames into one ring and another thread reads, at the same time or later: each
 * frame is one sender's.
 */
public class RingsStress {
    private static final int LENGTH = 64;

    private RingsStress() {}

    /** A frame whose bytes all say who sends it. */
    private static PacketBatch batch(final int sender) {
        final PacketPool pool = new PacketPool(1, 1);
        final PacketBatch batch = new PacketBatch(pool);
        final int slab = pool.allocateSmall();
        batch.append(slab, pool.frameOffset(slab), LENGTH);
        batch.buffer().setMemory(batch.offset(0), LENGTH, (byte) sender);
        batch.parsed(0, batch.offset(0) + 14, 0, sender);
        return batch;
    }

    private static boolean isWhole(
            final DirectBuffer buffer, final int at, final int sender) {
        boolean whole = true;
        for (int i = 0; i < LENGTH; i++) {
            whole &= buffer.getByte(at + i) == sender;
        }
        return whole;
    }

    /** Frames handed over. */
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "nothing yet, or all whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "torn frames")
    @State
    public static class Handed {
        private static final HandedFrames FRAMES = new HandedFrames();
        private static final PacketBatch ONE = batch(1);
        private static final PacketBatch TWO = batch(2);
        private int torn;

        private Action onFrame(
                final int type, final MutableDirectBuffer from, final int at, final int length) {
            final int sender = HandedFrames.worker(from, at);
            final boolean whole =
                    HandedFrames.number(from, at) == sender
                            && HandedFrames.frameLength(length) == LENGTH
                            && isWhole(from, at + length - LENGTH, sender);
            torn += whole ? 0 : 1;
            return Action.CONTINUE;
        }

        @Actor
        public void one() {
            FRAMES.put(1, 1, 1, 1, ONE, 0);
        }

        @Actor
        public void two() {
            FRAMES.put(2, 2, 2, 2, TWO, 0);
        }

        @Arbiter
        public void keeper(final I_Result r) {
            // both actors' threads arbitrate at once, and the ring has one reader
            synchronized (FRAMES) {
                FRAMES.read(this::onFrame, 8);
            }
            r.r1 = torn;
        }
    }

    /** Frames captured. */
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "nothing yet, or all whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "torn frames")
    @State
    public static class Captured {
        private static final PacketBatch ONE = batch(1);
        private static int torn;
        private static final CaptureSession SESSION =
                new CaptureSession(
                        new CaptureSpec(null, false, 128),
                        -1,
                        (ns, port, received, reason, rule, buffer, offset, captured, length) ->
                                torn += isWhole(buffer, offset, buffer.getByte(offset)) ? 0 : 1,
                        id -> "p",
                        error -> torn++);

        @Actor
        public void one() {
            SESSION.onReceived(1, ONE, 0);
        }

        @Actor
        public void conductor(final I_Result r) {
            SESSION.drain(8);
            r.r1 = torn;
        }
    }
}

package io.vswitch.core.state;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.ParseFlag;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two workers note segments of one side of a connection while its entry may become another's. */
public class TcpWindowsStress {
    private static final int ENTRIES = 1 << 16;
    private static final int ISN = 1_000_000;
    private static final TcpWindows WINDOWS = new TcpWindows(ENTRIES, true);
    private static final TcpSegment NEAR = segment(ISN + 1, ISN + 100, 16);
    private static final TcpSegment FAR = segment(ISN + 1, ISN + 200, 16);
    private static final TcpSegment SYN = segment(ISN, ISN + 1, 2);
    private static final TcpSegment OTHER_SYN = segment(ISN - 5000, ISN - 4999, 2);
    private static final TcpSegment AT_FAR = segment(ISN + 200, ISN + 201, 2);
    private static final TcpSegment BEFORE_FAR = segment(ISN + 199, ISN + 200, 2);
    private static final TcpSegment AT_OTHER = segment(ISN - 4999, ISN - 4998, 2);
    private static final AtomicInteger NEXT = new AtomicInteger();

    private TcpWindowsStress() {}

    /** A segment that begins and ends there. */
    private static TcpSegment segment(final int begin, final int end, final int flags) {
        final PacketPool pool = new PacketPool(1, 1);
        final PacketBatch batch = new PacketBatch(pool);
        final int slab = pool.allocateSmall();
        final int at = pool.frameOffset(slab);
        batch.append(slab, at, 20 + end - begin - (flags & 2) / 2);
        batch.buffer().putInt(at + 4, begin, ByteOrder.BIG_ENDIAN);
        batch.buffer().putByte(at + 12, (byte) 0x50);
        batch.parsed(0, at, at, ParseFlag.TCP | flags << ParseFlag.TCP_FLAGS_SHIFT);
        final TcpSegment segment = new TcpSegment();
        segment.read(batch, 0);
        return segment;
    }

    private static int connection() {
        final int entry = NEXT.getAndIncrement() & ENTRIES - 1;
        open(entry, 7, SYN);
        return entry;
    }

    private static void open(final int entry, final int stamp, final TcpSegment syn) {
        WINDOWS.open(entry, stamp);
        WINDOWS.note(entry, true, true, syn);
        WINDOWS.note(entry, false, true, syn);
    }

    /** None of two advances is lost. */
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "as far as the further one")
    @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "the nearer one came last")
    @State
    public static class BothAdvance {
        private final int entry = connection();

        @Actor
        public void near() {
            WINDOWS.passes(entry, 7, true, NEAR);
        }

        @Actor
        public void far() {
            WINDOWS.passes(entry, 7, true, FAR);
        }

        @Arbiter
        public void end(final I_Result r) {
            final boolean there = WINDOWS.isFresh(entry, true, AT_FAR);
            r.r1 = there && !WINDOWS.isFresh(entry, true, BEFORE_FAR) ? 1 : 0;
        }
    }

    /** A segment of a connection that has gone isn't noted at the next one. */
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "as far as its own segments")
    @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "another's segment")
    @State
    public static class EntryChanges {
        private final int entry = connection();

        @Actor
        public void keeper() {
            open(entry, 8, OTHER_SYN);
        }

        @Actor
        public void other() {
            WINDOWS.passes(entry, 7, true, FAR);
        }

        @Arbiter
        public void end(final I_Result r) {
            r.r1 = WINDOWS.isFresh(entry, true, AT_OTHER) ? 1 : 0;
        }
    }
}

package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.vswitch.core.engine.SwitchContext;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/**
 * New connections that are translated leave nothing on the heap, and nothing when they are over.
 */
class NatAllocationTest extends NatFixture {
    private static final int ROUND = 2_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final UnsafeBuffer frame = frame("udp 10.0.0.1:1 > 10.0.1.2:53", true);

    @Override
    SwitchContext context() {
        return super.context().connectionCapacity(32_768).flowCapacity(32_768);
    }

    /** Bytes allocated by cycles in which so many new connections are translated. */
    private long connect(final int first) {
        long allocated = 0;
        for (int i = first; i < first + ROUND; i++) {
            frame.putShort(34, (short) (1 + i % 60_000), ByteOrder.BIG_ENDIAN);
            frame.putInt(26, 0x0a000001 + i / 60_000, ByteOrder.BIG_ENDIAN);
            frame.putShort(40, (short) 0);
            frame.putShort(24, (short) 0);
            a.send(frame, 0, frame.capacity());
            final long before = threads.getCurrentThreadAllocatedBytes();
            sw.cycle();
            sw.cycle();
            allocated += threads.getCurrentThreadAllocatedBytes() - before;
            b.receive((buffer, offset, length) -> {}, 64);
            nowNs += 1000;
        }
        return allocated;
    }

    @Test
    void shouldAllocateNothingForANewConnection() {
        pool("p", null, "192.0.2.0/28");
        rules("snat p where src-ip 10.0.0.0/24");
        connect(0);
        connect(ROUND);
        long least = Long.MAX_VALUE;
        for (int i = 2; i < 8; i++) {
            least = Math.min(least, connect(i * ROUND));
        }
        assertEquals(0, least, "bytes for " + ROUND + " connections");
        assertTrue(sw.connections(c -> c.translated() != null, 20_000).size() >= 8 * ROUND - 1);
        nowNs += 1000 * SECOND;
        for (int i = 0; i < 100; i++) {
            sw.cycle();
            nowNs += SECOND;
        }
        assertEquals(0, sw.connections(c -> true, 10).size(), "no residue");
    }
}

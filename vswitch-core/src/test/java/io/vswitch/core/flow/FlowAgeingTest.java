package io.vswitch.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.packet.FlowKey;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowAgeingTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long IDLE = 10 * SECOND;

    private final FlowTable table = new FlowTable(1024, 42);
    private final FlowAgeing ageing = new FlowAgeing(table, IDLE, 0);
    private final long[] key = new long[FlowKey.WORDS];
    private long nowNs;
    private int next;

    @AfterEach
    void close() {
        table.close();
    }

    private void insert(final int count) {
        for (int i = 0; i < count; i++) {
            key[4] = next++;
            table.insert(key, 0, table.hash(key, 0), nowNs);
        }
    }

    private void runFor(final long durationNs) {
        for (final long end = nowNs + durationNs; nowNs < end; nowNs += MILLI) {
            ageing.doWork(nowNs);
        }
    }

    @Test
    void shouldKeepFullTimeOutWhenAtMostHalfFull() {
        insert(512);
        runFor(IDLE - MILLI);
        assertEquals(512, table.size());
        assertEquals(FlowPressure.NORMAL, ageing.pressure());
        assertEquals(IDLE, ageing.effectiveIdleNs());
        assertEquals(0, ageing.timesShortened());
    }

    @Test
    void shouldForgetIdleFlowsWithinQuarterOfTimeOut() {
        insert(512);
        runFor(IDLE + IDLE / 4 + 10 * MILLI);
        assertEquals(0, table.size());
        assertEquals(512, table.expired());
    }

    @Test
    void shouldShrinkTimeOutInProportionWhenMoreThanHalfFull() {
        insert(512 + 224);
        ageing.doWork(nowNs);
        assertEquals(FlowPressure.SHORTENED, ageing.pressure());
        assertEquals(1, ageing.timesShortened());
        assertTrue(Math.abs(ageing.effectiveIdleNs() - (IDLE + 100 * MILLI) / 2) < 50 * MILLI);
        // 602 flows is where the time-out equals their age of 8 s.
        runFor(8 * SECOND);
        assertTrue(Math.abs(table.size() - 602) < 10, "size " + table.size());
        runFor(5 * SECOND);
        assertEquals(0, table.size());
        assertEquals(FlowPressure.NORMAL, ageing.pressure());
    }

    @Test
    void shouldKeepUsedFlowsWhenOthersAreSweptUnderPressure() {
        insert(1000);
        for (int step = 0; step < 100; step++) {
            for (int entry = 0; entry < 100; entry++) {
                table.count(entry, 60, nowNs);
            }
            runFor(10 * MILLI);
        }
        for (int entry = 0; entry < 100; entry++) {
            assertTrue(table.isLive(entry));
        }
        assertTrue(table.size() < 925, "idle ones went: " + table.size());
        assertEquals(0, table.evictions());
    }

    @Test
    void shouldEvictAndCountWhenFull() {
        insert(1030);
        ageing.doWork(nowNs);
        assertEquals(FlowPressure.FULL, ageing.pressure());
        assertEquals(6, table.evictions());
        assertEquals(FlowAgeing.MIN_IDLE_NS, ageing.effectiveIdleNs());
        insert(1);
        ageing.doWork(nowNs);
        assertEquals(1, ageing.timesFull());
        runFor(200 * MILLI);
        assertEquals(FlowPressure.SHORTENED, ageing.pressure());
        insert(50);
        ageing.doWork(nowNs);
        assertEquals(7, table.evictions(), "the sweep made room");
        assertEquals(1, ageing.timesFull());
    }

    @Test
    void shouldBoundWorkWhenCallsAreRare() {
        insert(1024);
        nowNs = 1000 * SECOND;
        assertTrue(ageing.doWork(nowNs) <= FlowAgeing.MAX_PER_CALL);
        assertEquals(0, table.size());
    }
}

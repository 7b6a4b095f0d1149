package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.flow.FlowPressure;
import io.vswitch.core.view.WorkerInfo;
import org.junit.jupiter.api.Test;

/** What a worker tells of its tables. */
class WorkerInfoTest extends EngineFixture {
    @Override
    SwitchContext context() {
        return super.context().busySpin(true);
    }

    private WorkerInfo worker() {
        assertEquals(1, sw.workerInfo().size());
        return sw.workerInfo().get(0);
    }

    @Test
    void shouldTellOfNothingWhenNothingHasHappened() {
        final WorkerInfo worker = worker();

        assertEquals(0, worker.index());
        assertEquals("busy-spin", worker.idle());
        assertFalse(worker.usesUring());
        assertEquals(
                new WorkerInfo.Flows(0, 1024, 0, 0, 0, 0, FlowPressure.NORMAL, 10_000, 0, 0),
                worker.flows());
        assertEquals(
                new WorkerInfo.Macs(0, NetworkConfig.DEFAULT_MAC_LIMIT, 0, 0, 0), worker.macs());
    }

    @Test
    void shouldCountEvictionsAndPressureWhenFlowsDontFit() {
        introduce();
        for (int dport = 1; dport <= 1500; dport++) {
            send(a, udp(MAC_A, MAC_B, dport));
            nowNs += 1_000_000; // a tick, in which the table's pressure is judged
        }

        final WorkerInfo.Flows flows = worker().flows();

        assertTrue(flows.size() <= 1024 && flows.inserted() >= 1500, flows::toString);
        assertTrue(flows.evicted() + flows.expired() >= 1500 - 1024, flows::toString);
        assertEquals(
                flows.size(),
                flows.inserted() - flows.removed() - flows.expired() - flows.evicted());
        assertTrue(flows.timesShortened() > 0, flows::toString);
        assertTrue(flows.idleMs() < 10_000, flows::toString);
    }

    @Test
    void shouldSayFullWhenABurstOfFlowsEvicts() {
        introduce();
        for (int dport = 1; dport <= 1500; dport++) {
            send(a, udp(MAC_A, MAC_B, dport));
        }
        nowNs += 1_000_000;
        sw.cycle();

        final WorkerInfo.Flows flows = worker().flows();

        assertTrue(flows.evicted() > 0, flows::toString);
        assertEquals(1, flows.timesFull(), flows::toString);
    }

    @Test
    void shouldCountMovesAndEvictionsOfMacs() {
        introduce();
        send(b, udp(MAC_A, BROADCAST, 1));
        final WorkerInfo.Macs moved = worker().macs();
        assertEquals(3, moved.size());
        assertEquals(1, moved.moved());
        assertEquals(0, moved.evicted());

        for (int i = 0; i < NetworkConfig.DEFAULT_MAC_LIMIT; i++) {
            send(c, udp(0x02_00_00_01_00_00L + i, BROADCAST, 1));
        }

        final WorkerInfo.Macs full = worker().macs();
        assertEquals(full.limit(), full.size());
        assertEquals(3, full.evicted());
    }
}

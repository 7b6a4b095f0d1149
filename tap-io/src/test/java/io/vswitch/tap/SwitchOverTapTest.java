package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.view.PortInfo;
import io.vswitch.core.view.PortStats;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The whole switch between real TCP stacks: super-frames whole where both sides take them, cut
 * where one doesn't.
 */
@Tag("root")
class SwitchOverTapTest {
    private static final long BYTES = 50_000_000;

    @Test
    void shouldKeepSuperFramesWholeWhenBothPortsTakeThem() {
        final List<PortInfo> ports = transfer(1, true);
        final PortStats sender = ports.get(0).stats();
        final PortStats receiver = ports.get(1).stats();
        assertTrue(sender.rxBytes() / sender.rxPackets() > 3000, sender::toString);
        assertTrue(receiver.txBytes() / receiver.txPackets() > 3000, receiver::toString);
        assertEquals(0, sender.replicated(), "super-frames were cut");
    }

    @Test
    void shouldCutAndChecksumWhenThePortTakesNoSuperFrames() {
        final List<PortInfo> ports = transfer(1, false);
        final PortStats sender = ports.get(0).stats();
        final PortStats receiver = ports.get(1).stats();
        assertEquals(0, ports.get(1).offloads() & Offload.TAKES_TSO4);
        assertTrue(sender.rxBytes() / sender.rxPackets() > 3000, sender::toString);
        assertTrue(receiver.txBytes() / receiver.txPackets() <= 1514, receiver::toString);
        assertTrue(sender.replicated() > 1000, sender::toString);
    }

    @Test
    void shouldForwardWithTwoWorkers() {
        transfer(2, true);
    }

    /** Runs a checked TCP transfer through the switch; the ports as they were afterwards. */
    private static List<PortInfo> transfer(final int workers, final boolean receiverTakesAll) {
        try (TestNamespace left = new TestNamespace();
                TestNamespace right = new TestNamespace();
                VirtualSwitch vswitch =
                        new SwitchContext().workers(workers).pollers(EpollPoller::new).launch()) {
            vswitch.addNetwork(NetworkConfig.of("test"));
            vswitch.addPort(
                    tap("left", left, "10.9.1.1/24", workers, true), "test", PortPolicy.ALLOW_ALL);
            vswitch.addPort(
                    tap("right", right, "10.9.1.2/24", workers, receiverTakesAll),
                    "test",
                    PortPolicy.ALLOW_ALL);
            TcpTransfer.run(left, right, "10.9.1.2", BYTES);
            assertEquals(0, checksumErrors(left));
            assertEquals(0, checksumErrors(right));
            assertTrue(booksBalance(vswitch), () -> vswitch.totals().toString());
            return vswitch.ports();
        }
    }

    /** Whether all is accounted for once the last stray neighbour message is through. */
    private static boolean booksBalance(final VirtualSwitch vswitch) {
        for (int i = 0; i < 1000; i++) {
            final PortStats totals = vswitch.totals();
            final long gone = totals.txPackets() + totals.dropped() + vswitch.buffered();
            if (totals.rxPackets() + totals.replicated() == gone) {
                return true;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return false;
    }

    private static TapPort tap(
            final String name,
            final TestNamespace where,
            final String address,
            final int queues,
            final boolean vnetHeader) {
        return new EndpointDevice(
                        new TapOptions(name)
                                .device("eth0")
                                .queues(queues)
                                .vnetHeader(vnetHeader)
                                .namespace(where.namespace()))
                .address(address)
                .create();
    }

    /**
     * Segments that the namespace's TCP threw away for a bad checksum: TcpInCsumErrors of
     * /proc/net/snmp.
     */
    private static long checksumErrors(final TestNamespace namespace) {
        final List<String> tcp =
                namespace
                        .exec("cat", "/proc/net/snmp")
                        .output
                        .lines()
                        .filter(line -> line.startsWith("Tcp:"))
                        .toList();
        final int column = Arrays.asList(tcp.get(0).split(" ")).indexOf("InCsumErrors");
        return Long.parseLong(tcp.get(1).split(" ")[column]);
    }
}

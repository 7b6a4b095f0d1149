package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.PortQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class EndpointDeviceTest {
    private TestNamespace namespace;

    @BeforeEach
    void setUp() {
        namespace = new TestNamespace();
    }

    @AfterEach
    void tearDown() {
        if (namespace != null) {
            namespace.close();
        }
    }

    private EndpointDevice endpoint(final boolean persistent) {
        return new EndpointDevice(
                        new TapOptions("web")
                                .device("eth0")
                                .namespace(namespace.namespace())
                                .persistent(persistent))
                .mac("02:00:00:00:00:05")
                .mtu(1400)
                .address("10.9.0.5/24")
                .address("fd00:9::5/64")
                .route("default", "10.9.0.1")
                .route("default", "fd00:9::1")
                .route("10.77.0.0/16", null);
    }

    private void assertConfigured() {
        final String link = namespace.ip("-j", "link", "show", "eth0");
        assertTrue(link.contains("\"address\":\"02:00:00:00:00:05\""), link);
        assertTrue(link.contains("\"mtu\":1400"), link);
        assertTrue(link.contains("\"UP\",\"LOWER_UP\""), link);
        final String addresses = namespace.ip("-j", "addr", "show", "eth0");
        assertTrue(addresses.contains("\"local\":\"10.9.0.5\",\"prefixlen\":24"), addresses);
        assertTrue(addresses.contains("\"broadcast\":\"10.9.0.255\""), addresses);
        assertTrue(addresses.contains("\"local\":\"fd00:9::5\",\"prefixlen\":64"), addresses);
        assertFalse(addresses.contains("tentative"), addresses);
        final String routes = namespace.ip("route") + namespace.ip("-6", "route");
        assertTrue(routes.contains("default via 10.9.0.1 dev eth0"), routes);
        assertTrue(routes.contains("default via fd00:9::1 dev eth0"), routes);
        assertTrue(routes.contains("10.77.0.0/16 dev eth0"), routes);
    }

    @Test
    void shouldBeConfiguredWhenCreated() {
        try (TapPort port = endpoint(false).create()) {
            assertConfigured();
            assertEquals("web", port.name());
            assertEquals("eth0", port.device());
            assertEquals(1400, port.mtu());
        }
        assertFalse(exists(), "a device that isn't persistent goes with its port");
    }

    private boolean exists() {
        return namespace.exec("ip", "link", "show", "eth0").exitCode == 0;
    }

    @Test
    void shouldKeepAddressesWhenAttachedAgain() {
        endpoint(true).create().close();
        assertTrue(exists());
        try (TapPort port = endpoint(true).attach()) {
            assertConfigured();
            assertEquals(1400, port.mtu());
            assertTrue(EndpointDevice.delete(namespace.namespace(), "eth0"));
            assertGone(port);
        }
        assertFalse(EndpointDevice.delete(namespace.namespace(), "eth0"));
    }

    @Test
    void shouldLeaveNothingWhenConfigurationFails() {
        final EndpointDevice wrong = endpoint(true).route("10.1.0.0/16", "192.0.2.1");
        final SwitchException e = assertThrows(SwitchException.class, wrong::create);
        assertTrue(
                e.getMessage()
                        .startsWith(
                                "add route 10.1.0.0/16 via 192.0.2.1 to eth0: Network is"
                                        + " unreachable"),
                e::getMessage);
        assertFalse(exists());
    }

    @Test
    void shouldRefuseWhenTheDeviceExists() {
        namespace.ip("link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
        final SwitchException e =
                assertThrows(SwitchException.class, () -> endpoint(false).create());
        assertEquals(
                "device 'eth0' exists already in network namespace '" + namespace.name + "'",
                e.getMessage());
        final SwitchException other =
                assertThrows(SwitchException.class, () -> endpoint(false).attach());
        assertEquals(
                "open TAP 'eth0': Invalid argument; the name belongs to another kind of device, or"
                        + " to a TAP that is multi-queue",
                other.getMessage());
    }

    @Test
    void shouldSayWhereItLookedWhenThereIsNoDevice() {
        final SwitchException e =
                assertThrows(SwitchException.class, () -> endpoint(false).attach());
        assertEquals(
                "device 'eth0' not found in network namespace '" + namespace.name + "'",
                e.getMessage());
    }

    @Test
    void shouldBeGoneWhenTheNamespaceOfACreatedDeviceEnds() {
        try (TapPort port = endpoint(true).create()) {
            namespace.close();
            assertGone(port);
        }
    }

    @Test
    void shouldBeGoneWhenTheNamespaceOfAnAttachedDeviceEnds() {
        endpoint(true).create().close();
        try (TapPort port = endpoint(true).attach()) {
            namespace.close();
            assertGone(port);
        }
    }

    @Test
    void shouldStayWhenAProcessStillLivesInTheNamespace() throws InterruptedException {
        endpoint(true).create().close();
        final Shell.Started sleeper = namespace.start("sleep", "20");
        try (TapPort port = endpoint(true).attach()) {
            Thread.sleep(200);
            namespace.close();
            Thread.sleep(2500);
            final PacketBatch batch = new PacketBatch(new PacketPool(1, 8));
            assertTrue(port.queue(0).receive(batch, 8) >= 0, "namespace is in use");
            sleeper.process.destroy();
            assertGone(port);
        } finally {
            sleeper.process.destroyForcibly();
            Shell.await(sleeper);
        }
    }

    /** The poller reports the queue, receive says GONE, and transmit says so of each frame. */
    private static void assertGone(final TapPort port) {
        final PortQueue queue = port.queue(0);
        final PacketPool pool = new PacketPool(1, PacketBatch.CAPACITY);
        final PacketBatch batch = new PacketBatch(pool);
        final int[] tokens = new int[4];
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        int result = 0;
        try (EpollPoller poller = new EpollPoller()) {
            poller.add(queue, 3);
            while (result != PortQueue.GONE && System.nanoTime() < deadlineNs) {
                if (poller.poll(tokens, TimeUnit.SECONDS.toNanos(10)) > 0) {
                    result = queue.receive(batch, PacketBatch.CAPACITY);
                    batch.releaseAll();
                }
            }
        }
        assertEquals(PortQueue.GONE, result);
        final int slab = pool.allocateLarge();
        batch.append(slab, pool.frameOffset(slab), 60);
        final Set<String> failures = new TreeSet<>();
        assertEquals(
                0,
                queue.transmit(
                        batch, new int[] {0}, 1, (slot, reason) -> failures.add(reason.label())));
        assertEquals(Set.of("destination-gone"), failures);
    }
}

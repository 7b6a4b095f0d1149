package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vswitch.core.engine.SwitchException;
import java.util.concurrent.atomic.AtomicReference;
import jnr.ffi.LibraryLoader;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TapErrorTest {
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    @Test
    void shouldRefuseNamesThatNoDeviceMayHave() {
        assertEquals(
                "device name 'sixteen-chars-xx' (16 characters); allowed: 1 to 15 visible ASCII"
                        + " characters without '/', ':' and '%'",
                assertThrows(SwitchException.class, () -> new TapOptions("sixteen-chars-xx"))
                        .getMessage());
        for (final String name :
                new String[] {"", ".", "..", "a/b", "a b", "a:1", "\u00e9", "a%d"}) {
            assertThrows(SwitchException.class, () -> new TapOptions(name), name);
        }
    }

    @Test
    void shouldRefuseImpossibleNumbersOfQueues() {
        final TapOptions options = new TapOptions("t0");
        assertEquals(
                "queues 0 of 't0'; allowed: 1 to 256",
                assertThrows(SwitchException.class, () -> options.queues(0)).getMessage());
        assertThrows(SwitchException.class, () -> options.queues(257));
    }

    @Test
    @Tag("root")
    void shouldSayWhoHasItWhenTheDeviceIsBusy() {
        try (TestNamespace namespace = new TestNamespace();
                TapPort port = TapPortTest.tap(namespace, "10.9.0.1/24", true)) {
            final TapOptions same = new TapOptions("t0").namespace(port.namespace());
            assertEquals(
                    "open TAP 't0': Device or resource busy; another process has it open",
                    assertThrows(SwitchException.class, () -> TapPort.open(same)).getMessage());
        }
    }

    @Test
    @Tag("root")
    void shouldOpenEveryQueueWhenMultiQueue() {
        try (TestNamespace namespace = new TestNamespace();
                TapPort port =
                        TapPort.open(
                                new TapOptions("t0").namespace(namespace.namespace()).queues(3))) {
            assertEquals(3, port.queueCount());
            assertEquals(
                    3,
                    java.util.stream.IntStream.range(0, 3)
                            .map(i -> port.queue(i).fileDescriptor())
                            .distinct()
                            .count());
        }
    }

    @Test
    @Tag("root")
    void shouldNameTheCapabilityWhenItIsMissing() throws InterruptedException {
        TestNamespace.assumeRoot();
        // Capabilities belong to a thread: one that ends gives them up.
        final AtomicReference<String> text = new AtomicReference<>();
        final Thread thread = new Thread(() -> text.set(refusalWithoutCapabilities()));
        thread.start();
        thread.join();
        assertEquals(
                "open TAP 'vtaperr': Operation not permitted; needs CAP_NET_ADMIN in its network"
                        + " namespace",
                text.get());
    }

    private static String refusalWithoutCapabilities() {
        final UnsafeBuffer header = Native.memory(8);
        header.putInt(0, CAPABILITY_VERSION_3);
        final UnsafeBuffer none = Native.memory(24);
        final Capabilities library = LibraryLoader.create(Capabilities.class).load("c");
        Native.check(library.capset(header.addressOffset(), none.addressOffset()), "capset");
        return assertThrows(SwitchException.class, () -> TapPort.open(new TapOptions("vtaperr")))
                .getMessage();
    }

    /** capset(2). */
    public interface Capabilities {
        int capset(long header, long data);
    }
}

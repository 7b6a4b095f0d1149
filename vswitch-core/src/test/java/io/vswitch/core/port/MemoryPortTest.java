package io.vswitch.core.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.packet.PacketPool;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames as arrays, to and from a running switch. */
class MemoryPortTest {
    @Test
    @Timeout(30)
    void shouldHandOverFramesInOrderAndThenNull() {
        try (VirtualSwitch vswitch = new SwitchContext().launch()) {
            final MemoryPort a = new MemoryPort("a");
            final MemoryPort b = new MemoryPort("b");
            vswitch.addNetwork(NetworkConfig.of("blue"));
            vswitch.addPort(a, "blue");
            vswitch.addPort(b, "blue");

            assertNull(b.receive(0));
            assertTrue(a.send(frame(60)));
            assertTrue(a.send(frame(61)));

            assertArrayEquals(frame(60), b.receive(20_000));
            assertArrayEquals(frame(61), b.receive(20_000));
            final long startNs = System.nanoTime();
            assertNull(b.receive(20));
            assertTrue(System.nanoTime() - startNs >= 20_000_000);
            assertEquals(2, vswitch.totals().txPackets());
        }
    }

    @Test
    void shouldTakeNothingWhenTheArrayIsLongerThanAFrameMayBe() {
        assertFalse(new MemoryPort("a").send(new byte[PacketPool.LARGE_CAPACITY + 1]));
    }

    /** A broadcast of a type that no rule looks into. */
    private static byte[] frame(final int length) {
        final byte[] frame = new byte[length];
        Arrays.fill(frame, 0, 6, (byte) 0xff);
        frame[6] = 2;
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        frame[length - 1] = (byte) length;
        return frame;
    }
}

package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class TapPortTest {
    private TestNamespace left;
    private TestNamespace right;

    @BeforeEach
    void setUp() {
        left = new TestNamespace();
        right = new TestNamespace();
    }

    @AfterEach
    void tearDown() {
        if (left != null) {
            left.close();
        }
        if (right != null) {
            right.close();
        }
    }

    private static TapPort tap(
            final TestNamespace where, final String address, final boolean vnetHeader) {
        final TapPort port =
                TapPort.open(
                        new TapOptions("t0").namespace(where.namespace()).vnetHeader(vnetHeader));
        where.ip("addr", "add", address, "dev", "t0");
        where.ip("link", "set", "t0", "up");
        return port;
    }

    @Test
    void shouldCarryPingAndWholeSuperFramesWhenBothTapsHaveVnetHeader() {
        final CopyLoop result = transfer(true, true);
        assertTrue(result.superFrames > 100, () -> "super-frames " + result.superFrames);
        assertEquals(1448, result.largestGsoSize);
        assertTrue(result.longestFrame > 30_000, () -> "longest frame " + result.longestFrame);
    }

    @Test
    void shouldCarrySingleFramesWhenTapsHaveNoVnetHeader() {
        final CopyLoop result = transfer(false, false);
        assertEquals(0, result.superFrames);
        assertEquals(1514, result.longestFrame);
    }

    private CopyLoop transfer(final boolean leftVnetHeader, final boolean rightVnetHeader) {
        final CopyLoop result;
        try (TapPort a = tap(left, "10.9.0.1/24", leftVnetHeader);
                TapPort b = tap(right, "10.9.0.2/24", rightVnetHeader);
                CopyLoop loop = new CopyLoop(a, b)) {
            result = loop;
            final Shell.Result ping =
                    left.exec("ping", "-c", "3", "-i", "0.2", "-W", "2", "10.9.0.2");
            assertEquals(0, ping.exitCode, ping.output);
            TcpTransfer.run(left, right, "10.9.0.2", 50_000_000);
        }
        assertEquals(result.received, result.sent + result.failed());
        assertEquals(0, result.slabsHeld);
        return result;
    }
}

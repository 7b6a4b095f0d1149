package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Holes that other switches had in their connection tracking, one test each. */
class KnownNatHolesTest extends NatFixture {
    private static final int FRAGMENTS = 100_000;

    /** 2026: two hosts with the same ICMP identifier behind one address shared one entry. */
    @Test
    void sameIcmpIdentifierOfTwoHostsBehindOneAddressIsTwoConnections() {
        pool("p", "1000-2000", "192.0.2.1");
        rules("snat p where src-ip 10.0.0.0/24");
        final String first = out("echo 10.0.0.1:1077 > 10.0.1.1");
        final String second = out("echo 10.0.0.2:1077 > 10.0.1.1");
        assertEquals("echo 192.0.2.1:1077 > 10.0.1.1", first);
        assertNotEquals(first, second);
        final String id = second.split("[: ]")[2];
        assertEquals("reply 10.0.1.1:1077 > 10.0.0.1", in("reply 10.0.1.1:1077 > 192.0.2.1"));
        assertEquals("reply 10.0.1.1:1077 > 10.0.0.2", in("reply 10.0.1.1:" + id + " > 192.0.2.1"));
        assertEquals(2, sw.connections(c -> true, 10).size());
    }

    /** CVE-2021-3905: fragments that connection tracking was given were never freed. */
    @Test
    void cve20213905OddFragmentsLeaveNoConnectionAndNoBuffer() {
        pool("p", "1000-2000", "192.0.2.1");
        rules("snat p where src-ip 10.0.0.0/24");
        final Random random = new Random(1);
        for (int i = 0; i < FRAGMENTS; i++) {
            final UnsafeBuffer frame = frame("udp 10.0.0.1:1000 > 10.0.1.1:53", true);
            // never a whole datagram: an offset, or more to follow
            frame.putShort(18, (short) random.nextInt(), ByteOrder.BIG_ENDIAN);
            frame.putShort(20, (short) (1 + random.nextInt(0x3fff)), ByteOrder.BIG_ENDIAN);
            a.send(frame, 0, frame.capacity());
            if (i % 16 == 15) {
                sw.cycle();
                b.receive((buffer, offset, length) -> {}, 64);
            }
        }
        for (int i = 0; i < 600; i++) {
            nowNs += SECOND / 10; // those that wait for their first fragment are given up
            sw.cycle();
        }
        assertEquals(0, sw.slabsInUse());
        final int left = sw.connections(c -> true, 100).size();
        assertTrue(left <= 1, () -> left + " connections");
    }

    /** CVE-2020-35498: padding behind the packet made the cached flow too wide. */
    @Test
    void cve202035498PaddingMakesNoConnectionOfAnother() {
        pool("p", "1000-2000", "192.0.2.1");
        rules("block proto udp dst-port 53", "snat p where src-ip 10.0.0.0/24");
        for (int padding = 0; padding < 256; padding++) {
            final boolean blocked = padding % 2 == 0;
            final UnsafeBuffer frame =
                    frame("udp 10.0.0.1:1000 > 10.0.1.1:" + (blocked ? 53 : 80), true);
            final byte[] bytes = Arrays.copyOf(frame.byteArray(), frame.capacity() + padding);
            Arrays.fill(bytes, frame.capacity(), bytes.length, (byte) padding);
            assertEquals(!blocked, passes(a, b, new UnsafeBuffer(bytes)), "padding " + padding);
        }
        assertEquals(1, sw.connections(c -> true, 10).size());
    }
}

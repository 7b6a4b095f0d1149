package io.vswitch.core.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.guard.ConnectionLimits;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyState;
import io.vswitch.core.view.PortConnections;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gives way to a new connection, at a port's limit and in a full table. */
class ConnectionLimitTest {
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int ECHO = 8 << 8;

    private final ConnectionTable table = new ConnectionTable(64, 11, false);
    private final ConnectionTracker tracker = new ConnectionTracker(table);
    private long nowNs = 100_000_000_000L;

    @AfterEach
    void close() {
        table.close();
    }

    private static HeaderFields packet(
            final int protocol, final int number, final boolean reply, final int flags) {
        final HeaderFields f = new HeaderFields();
        f.etherType = 0x0800;
        f.protocol = protocol;
        f.sourceLow = reply ? 2 : 1;
        f.destinationLow = reply ? 1 : 2;
        f.sourcePort = reply && protocol != ICMP ? 80 : number;
        f.destinationPort = protocol == ICMP ? reply ? 0 : ECHO : reply ? number : 80;
        f.tcpFlags = flags;
        return f;
    }

    /** A packet of a port's endpoint, or a reply to it; null when it passes. */
    private DropReason pass(
            final int port,
            final int protocol,
            final int number,
            final boolean reply,
            final int flags) {
        nowNs += 1_000_000;
        tracker.begin(nowNs);
        tracker.port(port);
        final Direction way = reply ? Direction.INBOUND : Direction.OUTBOUND;
        final int found = tracker.find(1, way, packet(protocol, number, reply, flags));
        if (found == PolicyState.NONE || found == PolicyState.NEW && reply) {
            return DropReason.LAYER_DEFAULT;
        }
        if (found == PolicyState.NEW) {
            tracker.open();
        } else {
            tracker.keep();
        }
        return tracker.commit() ? null : tracker.refusal();
    }

    private DropReason syn(final int port, final int number) {
        return pass(port, TCP, number, false, SYN);
    }

    private void establish(final int port, final int number) {
        assertEquals(null, syn(port, number));
        assertEquals(null, pass(port, TCP, number, true, SYN | ACK));
        assertEquals(null, pass(port, TCP, number, false, ACK));
    }

    private boolean lives(final int port, final int number) {
        return pass(port, TCP, number, true, ACK) == null;
    }

    @Test
    void shouldGiveUpThePortsOldestHalfOpenAtItsLimit() {
        table.limit(3, new ConnectionLimits(2, 0, 0, 0));
        syn(4, 9);
        establish(3, 1);
        syn(3, 2);
        syn(3, 3);
        syn(3, 4);
        assertEquals(new PortConnections(2, 1, 0, 0, 0), table.of(3));
        assertEquals(false, lives(3, 2));
        assertTrue(lives(3, 1) && lives(3, 3) && lives(3, 4) && lives(4, 9));
    }

    @Test
    void shouldRefuseRatherThanGiveUpAnEstablishedOne() {
        table.limit(3, new ConnectionLimits(0, 3, 0, 0));
        establish(3, 1);
        establish(3, 2);
        syn(3, 3);
        assertEquals(null, syn(3, 4), "in the place of a half-open one");
        assertEquals(false, lives(3, 3));
        assertEquals(null, pass(3, TCP, 4, true, SYN | ACK));
        assertEquals(null, pass(3, TCP, 4, false, ACK));
        assertEquals(DropReason.CONNECTION_LIMIT, syn(3, 5));
        assertEquals(null, syn(4, 5), "another port");
        assertTrue(lives(3, 1) && lives(3, 2) && lives(3, 4));
        assertEquals(null, pass(3, TCP, 1, false, 4));
        assertEquals(null, syn(3, 5), "one was reset");
    }

    @Test
    void shouldLimitDatagramsAndEcho() {
        table.limit(3, new ConnectionLimits(0, 0, 2, 1));
        pass(3, UDP, 1, false, 0);
        pass(3, UDP, 1, true, 0);
        pass(3, UDP, 2, false, 0);
        assertEquals(null, pass(3, UDP, 3, false, 0), "in the place of the one without an answer");
        assertEquals(DropReason.LAYER_DEFAULT, pass(3, UDP, 2, true, 0));
        pass(3, UDP, 3, true, 0);
        assertEquals(DropReason.CONNECTION_LIMIT, pass(3, UDP, 4, false, 0));
        pass(3, ICMP, 1, false, 0);
        assertEquals(null, pass(3, ICMP, 2, false, 0));
        assertEquals(DropReason.LAYER_DEFAULT, pass(3, ICMP, 1, true, 0));
        assertEquals(new PortConnections(0, 0, 0, 2, 1), table.of(3));
    }

    @Test
    void shouldTakeFromThePortThatHasMostWhenTheTableIsFull() {
        syn(4, 1);
        pass(5, UDP, 1, false, 0);
        establish(4, 2);
        for (int i = 0; i < 1_000; i++) {
            assertEquals(null, syn(3, 1000 + i));
        }
        assertTrue(lives(4, 1) && lives(4, 2));
        assertEquals(null, pass(5, UDP, 1, true, 0));
        assertEquals(61, table.of(3).halfOpen());
    }

    @Test
    void shouldCountRightWhateverHappens() {
        final long seed = new Random().nextLong();
        final Random random = new Random(seed);
        table.limit(1, new ConnectionLimits(4, 9, 5, 3));
        table.limit(2, new ConnectionLimits(0, 7, 0, 2));
        final int[] flags = {SYN, SYN, SYN | ACK, ACK, ACK, 17, 17, 4};
        for (int i = 0; i < 100_000; i++) {
            final int protocol = new int[] {TCP, TCP, UDP, ICMP}[random.nextInt(4)];
            final int port = 1 + random.nextInt(4);
            pass(
                    port,
                    protocol,
                    random.nextInt(30),
                    random.nextBoolean(),
                    protocol == TCP ? flags[random.nextInt(flags.length)] : 0);
            nowNs += random.nextInt(100) == 0 ? 40_000_000_000L : 0;
            table.expire(nowNs, 8);
            PortConnections all = PortConnections.NONE;
            for (int p = 0; p < 5; p++) {
                all = all.plus(table.of(p));
            }
            assertEquals(
                    table.size(),
                    all.halfOpen() + all.established() + all.closing() + all.udp() + all.icmp(),
                    "seed " + seed);
            assertTrue(table.of(1).halfOpen() <= 4, "seed " + seed);
            assertTrue(table.of(1).halfOpen() + table.of(1).established() <= 9, "seed " + seed);
            assertTrue(table.of(1).udp() <= 5 && table.of(1).icmp() <= 3, "seed " + seed);
            assertTrue(table.of(2).halfOpen() + table.of(2).established() <= 7, "seed " + seed);
        }
    }
}

package io.vswitch.core.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyState;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The table through its tracker, on a clock of the test's own. */
class ConnectionTableTest {
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;
    private static final int PORT = 3;
    private static final int LAYER = 1;
    private static final long SECOND = 1_000_000_000L;

    private final ConnectionTable table = new ConnectionTable(64, 11, false);
    private final ConnectionTracker tracker = new ConnectionTracker(table);
    private long nowNs = 100 * SECOND;

    @AfterEach
    void close() {
        table.close();
    }

    private static HeaderFields packet(final int protocol, final int sport, final int dport) {
        final HeaderFields f = new HeaderFields();
        f.sourceMac = 0x02_00_00_00_00_0aL;
        f.destinationMac = 0x02_00_00_00_00_0bL;
        f.etherType = 0x0800;
        f.protocol = protocol;
        f.ingressPort = 7;
        f.sourceLow = 0x0a000001;
        f.destinationLow = 0x0a000002;
        f.sourcePort = sport;
        f.destinationPort = dport;
        return f;
    }

    private static HeaderFields mirrored(final HeaderFields of) {
        final HeaderFields f = new HeaderFields().copyFrom(of);
        f.sourceMac = of.destinationMac;
        f.destinationMac = of.sourceMac;
        f.sourceHigh = of.destinationHigh;
        f.sourceLow = of.destinationLow;
        f.destinationHigh = of.sourceHigh;
        f.destinationLow = of.sourceLow;
        f.sourcePort = of.destinationPort;
        f.destinationPort = of.sourcePort;
        return f;
    }

    private int find(final Direction direction, final HeaderFields fields) {
        return find(LAYER, direction, fields);
    }

    private int find(final int layer, final Direction direction, final HeaderFields fields) {
        tracker.begin(nowNs);
        tracker.port(PORT);
        return tracker.find(layer, direction, fields);
    }

    private boolean open(final HeaderFields fields) {
        assertEquals(PolicyState.NEW, find(Direction.OUTBOUND, fields));
        tracker.open();
        return tracker.commit();
    }

    private void keep(final Direction direction, final HeaderFields fields) {
        assertTrue(find(direction, fields) >= PolicyState.FORWARD);
        tracker.keep();
        tracker.commit();
    }

    private boolean openTcp(final int port) {
        final HeaderFields syn = packet(6, port, 80);
        syn.tcpFlags = SYN;
        return open(syn);
    }

    /** One letter per segment: upper case from the opener. */
    private ConnectionState after(final String segments) {
        table.retain((port, layer) -> false);
        openTcp(1000);
        for (final char letter : segments.toCharArray()) {
            final HeaderFields f = packet(6, 1000, 80);
            final boolean opener = Character.isUpperCase(letter);
            final HeaderFields sent = opener ? f : mirrored(f);
            sent.tcpFlags =
                    switch (Character.toUpperCase(letter)) {
                        case 'S' -> opener ? SYN : SYN | ACK;
                        case 'F' -> FIN | ACK;
                        case 'R' -> RST;
                        default -> ACK;
                    };
            keep(opener ? Direction.OUTBOUND : Direction.INBOUND, sent);
        }
        final long[] key = new long[ConnectionKey.WORDS];
        ConnectionKey.fill(key, PORT, LAYER, Direction.OUTBOUND, packet(6, 1000, 80));
        return table.state(table.find(key, Direction.OUTBOUND, nowNs));
    }

    @Test
    void shouldFollowTcp() {
        assertEquals(ConnectionState.SYN_SENT, after(""));
        assertEquals(ConnectionState.SYN_SENT, after("SAa"), "nothing without the answer's SYN");
        assertEquals(ConnectionState.SYN_RECEIVED, after("s"));
        assertEquals(ConnectionState.SYN_RECEIVED, after("sa"));
        assertEquals(ConnectionState.ESTABLISHED, after("sA"));
        assertEquals(ConnectionState.ESTABLISHED, after("sASs"), "SYN changes nothing");
        assertEquals(ConnectionState.OPENER_CLOSING, after("sAFFa"));
        assertEquals(ConnectionState.PEER_CLOSING, after("sAfA"));
        assertEquals(ConnectionState.TIME_WAIT, after("sAFafA"));
        assertEquals(ConnectionState.TIME_WAIT, after("sAfF"));
        assertEquals(ConnectionState.CLOSED, after("sAr"));
        assertEquals(ConnectionState.CLOSED, after("Ra"));
        assertEquals(ConnectionState.SYN_SENT, after("sAFfAS"), "port used anew");
        assertEquals(ConnectionState.SYN_SENT, after("sARS"));
    }

    @Test
    void shouldKnowTheReplyByTheMirroredTupleOnly() {
        final HeaderFields udp = packet(17, 1000, 53);
        open(udp);
        final HeaderFields reply = mirrored(udp);
        assertEquals(PolicyState.FORWARD, find(Direction.OUTBOUND, udp));
        assertEquals(PolicyState.REVERSE, find(Direction.INBOUND, reply));
        assertEquals(PolicyState.NEW, find(Direction.INBOUND, udp), "same tuple, other way");
        assertEquals(PolicyState.NEW, find(LAYER + 1, Direction.INBOUND, reply));
        reply.outerVlan = FlowKey.VLAN_PRESENT | 5;
        assertEquals(PolicyState.NEW, find(Direction.INBOUND, reply), "other VLAN");
        reply.outerVlan = 0;
        reply.etherType = 0x86dd;
        assertEquals(PolicyState.NEW, find(Direction.INBOUND, reply), "other family");
        reply.etherType = 0x0800;
        reply.fragment = FlowKey.FRAGMENT_LATER;
        assertEquals(PolicyState.NONE, find(Direction.INBOUND, reply));
    }

    @Test
    void shouldKeepTheOpenerAsItWas() {
        final HeaderFields udp = packet(17, 1000, 53);
        udp.innerVlan = FlowKey.VLAN_PRESENT | 6;
        udp.outerVlan = FlowKey.VLAN_PRESENT | 7;
        open(udp);
        assertEquals(PolicyState.REVERSE, find(Direction.INBOUND, mirrored(udp)));
        final HeaderFields opener = tracker.opener();
        assertEquals(udp.sourceMac, opener.sourceMac);
        assertEquals(udp.destinationMac, opener.destinationMac);
        assertEquals(udp.etherType, opener.etherType);
        assertEquals(udp.ingressPort, opener.ingressPort);
        assertEquals(udp.innerVlan, opener.innerVlan);
        assertEquals(udp.outerVlan, opener.outerVlan);
        assertEquals(udp.sourceLow, opener.sourceLow);
        assertEquals(udp.destinationLow, opener.destinationLow);
        assertEquals(1000, opener.sourcePort);
        assertEquals(53, opener.destinationPort);
    }

    @Test
    void shouldPairEchoOfIpv6ByIdentifier() {
        final HeaderFields request = packet(58, 9, 128 << 8);
        request.etherType = 0x86dd;
        request.sourceHigh = 0xfd00L << 48;
        request.destinationHigh = 0xfd01L << 48;
        open(request);
        final HeaderFields reply = mirrored(request);
        reply.sourcePort = 9;
        reply.destinationPort = 129 << 8;
        assertEquals(PolicyState.REVERSE, find(Direction.INBOUND, reply));
        assertEquals(128 << 8, tracker.opener().destinationPort);
        assertEquals(request.destinationHigh, tracker.opener().destinationHigh);
        reply.sourcePort = 10;
        assertEquals(PolicyState.NONE, find(Direction.INBOUND, reply));
        reply.sourcePort = 9;
        reply.destinationPort = 135 << 8;
        assertEquals(PolicyState.NONE, find(Direction.INBOUND, reply), "neighbour solicitation");
    }

    @Test
    void shouldGiveUpFinishedThenHalfOpenButNeverEstablished() {
        after("sA");
        for (int i = 1; i < 64; i++) {
            assertTrue(openTcp(2000 + i));
        }
        for (int i = 0; i < 100; i++) {
            assertTrue(openTcp(3000 + i));
        }
        assertEquals(100, table.evicted());
        assertEquals(64, table.size());
        assertEquals(PolicyState.REVERSE, find(Direction.INBOUND, mirrored(packet(6, 1000, 80))));
        assertEquals(PolicyState.NONE, find(Direction.INBOUND, mirrored(packet(6, 2001, 80))));
        assertEquals(PolicyState.REVERSE, find(Direction.INBOUND, mirrored(packet(6, 3099, 80))));
    }

    @Test
    void shouldTakeExpiredConnectionsOutAndLeaveNothing() {
        for (int i = 0; i < 64; i++) {
            open(packet(17, 1000 + i, 53));
        }
        nowNs += 62 * SECOND;
        assertEquals(0, table.expire(nowNs, 100));
        nowNs += SECOND;
        assertEquals(PolicyState.NEW, find(Direction.INBOUND, mirrored(packet(17, 1000, 53))));
        assertEquals(10, table.expire(nowNs, 10));
        assertEquals(54, table.expire(nowNs, 100));
        assertEquals(0, table.size());
        assertEquals(64, table.expired());
    }

    @Test
    void shouldSayHowLongADecisionHolds() {
        tracker.begin(nowNs);
        assertEquals(0, tracker.holds(), "no connection was asked for");

        open(packet(17, 1000, 53));
        final int open = tracker.holds();
        assertTrue(tracker.isHolding(open, 0, nowNs + SECOND * 29 / 10));
        assertFalse(tracker.isHolding(open, 0, nowNs + 3 * SECOND));
        assertFalse(tracker.isHolding(open, RST, nowNs));

        find(Direction.INBOUND, mirrored(packet(17, 1001, 53)));
        final int none = tracker.holds();
        assertTrue(tracker.isHolding(none, 0, nowNs + 3600 * SECOND));
        open(packet(17, 1002, 53));
        assertFalse(tracker.isHolding(none, 0, nowNs));

        openTcp(1003);
        assertFalse(tracker.isHolding(tracker.holds(), 0, nowNs));
    }

    @Test
    void shouldForgetWhatADroppedPacketAskedFor() {
        find(Direction.OUTBOUND, packet(17, 1000, 53));
        final int mark = tracker.mark();
        tracker.open();
        tracker.backTo(mark);
        assertTrue(tracker.commit());
        assertEquals(0, table.size());
    }

    @Test
    void shouldAllocateNothing() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final HeaderFields udp = packet(17, 1000, 53);
        final HeaderFields reply = mirrored(udp);
        long before = 0;
        for (int i = 0; i < 60_000; i++) {
            if (i == 30_000) {
                before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            }
            udp.sourcePort = i & 0xff;
            reply.destinationPort = i & 0xff;
            if (find(Direction.OUTBOUND, udp) == PolicyState.NEW) {
                tracker.open();
            } else {
                tracker.keep();
            }
            tracker.commit();
            find(Direction.INBOUND, reply);
            tracker.opener();
            tracker.keep();
            tracker.commit();
            nowNs += SECOND;
            table.expire(nowNs, 4);
        }
        final long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        assertTrue(after - before < 10_000, after - before + " bytes");
    }

    @Test
    void shouldRefuseAnImpossibleCapacity() {
        assertEquals(
                "connection capacity 63; allowed: 64 to 16777216",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new ConnectionTable(63, 1, false))
                        .getMessage());
    }
}

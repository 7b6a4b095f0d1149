package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.engine.ManualSwitch;
import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.view.Explanation;
import java.nio.ByteOrder;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A switch without threads on a clock of the test's own: port a, whose layer allows by default what
 * its group out says and blocks the rest, and port b without layers.
 */
abstract class StatefulFixture {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int ACK = 16;
    static final long SECOND = 1_000_000_000L;
    static final int IP_A = 0x0a000001;
    static final int IP_B = 0x0a000002;
    private static final long MAC_A = 0x02_00_00_00_00_0aL;
    private static final long MAC_B = 0x02_00_00_00_00_0bL;

    private static final int MAX_WORKERS = 3;

    final MemoryPort a = port("a");
    final MemoryPort b = port("b");
    final PolicyCompiler compiler = new PolicyCompiler("a");

    /** Each SYN's sequence number is behind those of all before; a switch sees below 65,536. */
    private static int syns;

    PolicySet rules = layer(true).withRule("acl", "out", Rule.of("all", 100, "allow"));
    long nowNs = 5 * SECOND;
    ManualSwitch sw;
    private final Random any = new Random(Long.getLong("seed", 0));

    static PolicySet layer(final boolean stateful) {
        return PolicySet.of("a")
                .withLayer(new Layer("acl", 100, Verdict.BLOCK, stateful))
                .withGroup(new Group("acl", "out", Direction.OUTBOUND, 100))
                .withGroup(new Group("acl", "in", Direction.INBOUND, 100));
    }

    private static MemoryPort port(final String name) {
        return new MemoryPort(name, 1500, 0, 1 << 20, MAX_WORKERS);
    }

    int workers() {
        return 1;
    }

    /** Gives a frame to the switch, through the queue of any worker. */
    void give(final MemoryPort from, final UnsafeBuffer frame) {
        from.sendTo(any.nextInt(workers()), frame, 0, frame.capacity());
    }

    SwitchContext context() {
        return new SwitchContext()
                .workers(workers())
                .flowCapacity(4096)
                .connectionCapacity(64)
                .smallSlabs(512)
                .largeSlabs(8)
                .flowIdleMs(3_600_000)
                .clock(() -> nowNs)
                .seed(7);
    }

    @BeforeEach
    void launch() {
        syns = 0;
        sw = context().launchManual();
        sw.addNetwork(NetworkConfig.of("blue"));
        sw.addPort(a, "blue", compiler.compile(rules, name -> -1));
        sw.addPort(b, "blue", PortPolicy.ALLOW_ALL);
        // b is known from the start, or packets to it would be flooded
        fromB(17, 9, 9, 0);
    }

    @AfterEach
    void close() {
        assertEquals(0, sw.slabsInUse());
        sw.close();
    }

    void publish(final PolicySet set) {
        rules = set;
        sw.policy("a", compiler.compile(set, name -> -1));
    }

    long drops(final DropReason reason) {
        return sw.totals().drops().getOrDefault(reason, 0L);
    }

    /** Sends a TCP segment or datagram from a to b; true when it arrived. */
    boolean fromA(final int protocol, final int portA, final int portB, final int flags) {
        return passes(a, b, frame(true, protocol, portA, portB, flags));
    }

    /** Sends one from b to a; true when it arrived. */
    boolean fromB(final int protocol, final int portA, final int portB, final int flags) {
        return passes(b, a, frame(false, protocol, portA, portB, flags));
    }

    boolean tcpFromA(final int portA, final int flags) {
        return fromA(6, portA, 80, flags);
    }

    boolean tcpFromB(final int portA, final int flags) {
        return fromB(6, portA, 80, flags);
    }

    /** Handshake begun by a. */
    void establish(final int portA) {
        assertEquals(
                "true true true",
                tcpFromA(portA, SYN)
                        + " "
                        + tcpFromB(portA, SYN | ACK)
                        + " "
                        + tcpFromA(portA, ACK));
    }

    boolean passes(final MemoryPort from, final MemoryPort to, final UnsafeBuffer frame) {
        give(from, frame);
        final int[] count = new int[1];
        // a ring's read ends at its end, with nothing read when a frame begins there anew
        for (int i = 0; i < 3; i++) {
            sw.cycle();
            to.receive((buffer, offset, length) -> count[0]++, 64);
        }
        nowNs += 1000;
        return count[0] == 1;
    }

    Explanation explain(final String port, final UnsafeBuffer frame) {
        return sw.explain(port, frame, 0, frame.capacity());
    }

    static UnsafeBuffer frame(
            final boolean fromA,
            final int protocol,
            final int portA,
            final int portB,
            final int flags) {
        final UnsafeBuffer frame = ip(fromA, protocol, 20);
        frame.putShort(34, (short) (fromA ? portA : portB), ByteOrder.BIG_ENDIAN);
        frame.putShort(36, (short) (fromA ? portB : portA), ByteOrder.BIG_ENDIAN);
        if (protocol == 6) {
            final boolean syn = (flags & SYN) != 0;
            frame.putInt(38, syn ? ++syns : syns, ByteOrder.BIG_ENDIAN);
            frame.putByte(46, (byte) 0x50);
            frame.putByte(47, (byte) flags);
        } else {
            frame.putShort(38, (short) 20, ByteOrder.BIG_ENDIAN);
        }
        return frame;
    }

    static UnsafeBuffer icmp(final boolean fromA, final int type, final int identifier) {
        final UnsafeBuffer frame = ip(fromA, 1, 16);
        frame.putByte(34, (byte) type);
        frame.putShort(38, (short) identifier, ByteOrder.BIG_ENDIAN);
        return frame;
    }

    private static UnsafeBuffer ip(final boolean fromA, final int protocol, final int payload) {
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[34 + payload]);
        putMac(frame, 0, fromA ? MAC_B : MAC_A);
        putMac(frame, 6, fromA ? MAC_A : MAC_B);
        frame.putShort(12, (short) 0x0800, ByteOrder.BIG_ENDIAN);
        frame.putByte(14, (byte) 0x45);
        frame.putShort(16, (short) (20 + payload), ByteOrder.BIG_ENDIAN);
        frame.putByte(22, (byte) 64);
        frame.putByte(23, (byte) protocol);
        frame.putInt(26, fromA ? IP_A : IP_B, ByteOrder.BIG_ENDIAN);
        frame.putInt(30, fromA ? IP_B : IP_A, ByteOrder.BIG_ENDIAN);
        Checksums.putIpv4(frame, 14);
        return frame;
    }

    private static void putMac(final UnsafeBuffer frame, final int at, final long mac) {
        frame.putShort(at, (short) (mac >>> 32), ByteOrder.BIG_ENDIAN);
        frame.putInt(at + 2, (int) mac, ByteOrder.BIG_ENDIAN);
    }
}

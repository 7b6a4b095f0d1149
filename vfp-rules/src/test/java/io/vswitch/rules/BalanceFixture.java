package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.port.MemoryPort;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;

/**
 * Port a is a client's, and its layer gives what it sends to a virtual address to a load balancer;
 * the backends, 10.0.0.11 and on, are all behind port b.
 */
abstract class BalanceFixture extends StatefulFixture {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int VIP = 0x0a000064;
    static final int VIP_PORT = 80;
    static final String MAC_OF_B = "02:00:00:00:00:0b";

    final BalancerCompiler balancerCompiler = new BalancerCompiler();
    LoadBalancer web = LoadBalancer.of("web", Affinity.NONE, 5);
    Balancers balancers;

    @BeforeEach
    void balance() {
        publish(
                layer(true)
                        .withRule("acl", "in", Rule.of("any", 9, "block"))
                        .withRule(
                                "acl",
                                "out",
                                Rule.of(
                                        "web",
                                        1,
                                        "balance web where dst-ip 10.0.0.100 proto tcp,udp"
                                                + " dst-port 80")));
        publish(web);
    }

    /** Publishes other backends. */
    void publish(final LoadBalancer changed) {
        web = changed;
        balancers = balancerCompiler.compile(LoadBalancerSet.EMPTY.with(web), address -> MAC_OF_B);
        compiler.balancers(balancers);
        publish(rules);
    }

    static String id(final int host) {
        return "10.0.0." + host + ":8080";
    }

    static Backend backend(final int host, final int weight, final Backend.State state) {
        return Backend.of(id(host), weight, state, null);
    }

    void up(final int... hosts) {
        LoadBalancer next = new LoadBalancer("web", web.affinity(), web.seed(), List.of());
        for (final int host : hosts) {
            next = next.with(backend(host, 100, Backend.State.UP));
        }
        publish(next);
    }

    void set(final int host, final int weight, final Backend.State state) {
        publish(web.withReplaced(backend(host, weight, state)));
    }

    /** Sends one of the client's packets; returns the host it got to, 0 for none. */
    int toVip(final int protocol, final int port, final int flags) {
        return toVip(IP_A, protocol, port, flags);
    }

    int toVip(final int client, final int protocol, final int port, final int flags) {
        final UnsafeBuffer got = pass(a, b, toVipFrame(client, protocol, port, flags));
        if (got == null) {
            return 0;
        }
        assertEquals(client, got.getInt(26, ByteOrder.BIG_ENDIAN));
        assertEquals(port, got.getShort(34, ByteOrder.BIG_ENDIAN) & 0xffff);
        assertEquals(8080, got.getShort(36, ByteOrder.BIG_ENDIAN));
        assertEquals(0x0b, got.getByte(5), "MAC of b");
        assertEquals(0x0a0000, got.getInt(30, ByteOrder.BIG_ENDIAN) >>> 8);
        return got.getByte(33) & 0xff;
    }

    static UnsafeBuffer toVipFrame(
            final int client, final int protocol, final int port, final int flags) {
        final UnsafeBuffer frame = frame(true, protocol, port, VIP_PORT, flags);
        frame.putByte(5, (byte) 0xfe);
        frame.putInt(26, client, ByteOrder.BIG_ENDIAN);
        frame.putInt(30, VIP, ByteOrder.BIG_ENDIAN);
        Checksums.putIpv4(frame, 14);
        return frame;
    }

    /** Sends a backend's packet to the client; true when it arrived, from the virtual address. */
    boolean fromBackend(final int host, final int protocol, final int port, final int flags) {
        return fromBackend(host, IP_A, protocol, port, flags);
    }

    boolean fromBackend(
            final int host, final int client, final int protocol, final int port, final int flags) {
        final UnsafeBuffer frame = frame(false, protocol, port, 8080, flags);
        frame.putInt(26, 0x0a000000 | host, ByteOrder.BIG_ENDIAN);
        frame.putInt(30, client, ByteOrder.BIG_ENDIAN);
        Checksums.putIpv4(frame, 14);
        final UnsafeBuffer got = pass(b, a, frame);
        if (got == null) {
            return false;
        }
        assertEquals(VIP, got.getInt(26, ByteOrder.BIG_ENDIAN));
        assertEquals(VIP_PORT, got.getShort(34, ByteOrder.BIG_ENDIAN));
        assertEquals(port, got.getShort(36, ByteOrder.BIG_ENDIAN) & 0xffff);
        return true;
    }

    /** Handshake of the client; returns the host. */
    int connect(final int port) {
        final int host = toVip(TCP, port, SYN);
        assertEquals(true, fromBackend(host, TCP, port, SYN | ACK));
        assertEquals(host, toVip(TCP, port, ACK));
        return host;
    }

    /** Sends a frame; returns what came out at {@code to}, or null. */
    UnsafeBuffer pass(final MemoryPort from, final MemoryPort to, final UnsafeBuffer frame) {
        // answers to what was refused before
        while (to.receive((buffer, offset, length) -> {}, 64) > 0) {
            continue;
        }
        give(from, frame);
        final UnsafeBuffer[] got = new UnsafeBuffer[1];
        // a ring's read ends at its end, with nothing read when a frame begins there anew
        for (int i = 0; i < 3; i++) {
            sw.cycle();
            to.receive(
                    (buffer, offset, length) -> {
                        final byte[] copy = new byte[length];
                        buffer.getBytes(offset, copy);
                        got[0] = new UnsafeBuffer(copy);
                    },
                    64);
        }
        nowNs += 1000;
        return got[0];
    }
}

package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.port.MemoryPort;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Port a with a stateful layer that translates, port b outside of it. Packets are written {@code
 * udp 10.0.0.1:1000 > 10.0.0.2:53}, with TCP flags behind, as in {@code tcp ... SA}.
 */
abstract class NatFixture extends StatefulFixture {
    static final String FLAGS = "FSRPA";

    PoolSet pools = PoolSet.EMPTY;

    /** A stateful layer whose rules for what leaves a, and what comes to it, are these. */
    static PolicySet nat(final List<String> out, final List<String> in) {
        PolicySet set =
                PolicySet.of("a")
                        .withLayer(new Layer("nat", 100, Verdict.BLOCK, true))
                        .withGroup(new Group("nat", "out", Direction.OUTBOUND, 100))
                        .withGroup(new Group("nat", "in", Direction.INBOUND, 100));
        for (int i = 0; i < out.size(); i++) {
            set = set.withRule("nat", "out", Rule.of("r" + i, i, out.get(i)));
        }
        for (int i = 0; i < in.size(); i++) {
            set = set.withRule("nat", "in", Rule.of("r" + i, i, in.get(i)));
        }
        return set;
    }

    void rules(final String... out) {
        publishNat(nat(List.of(out), List.of()));
    }

    void publishNat(final PolicySet set) {
        rules = set;
        sw.policy("a", compiler.compile(set, TagSet.EMPTY, pools, name -> -1));
    }

    void pool(final String name, final String ports, final String... addresses) {
        pools = pools.with(Pool.of(name, List.of(addresses), ports));
    }

    /** What b receives of a packet that a sends, or why it is dropped. */
    String out(final String packet) {
        return send(a, b, packet, true);
    }

    /** What a receives of a packet that b sends. */
    String in(final String packet) {
        return send(b, a, packet, false);
    }

    /** What b receives of a packet that b sends, or why it is dropped. */
    String back(final String packet) {
        return send(b, b, packet, false);
    }

    private String send(
            final MemoryPort from, final MemoryPort to, final String packet, final boolean fromA) {
        final UnsafeBuffer frame = frame(packet, fromA);
        final var before = sw.totals().drops();
        while (to.receive((buffer, offset, length) -> {}, 64) > 0) {
            continue; // resets that answered what was refused before
        }
        give(from, frame);
        final List<String> received = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sw.cycle();
            to.receive((buffer, offset, length) -> received.add(text(buffer, offset, length)), 64);
            // a reset, to the sender of what is dropped
            (from == to ? a : from)
                    .receive((buffer, offset, length) -> text(buffer, offset, length), 64);
        }
        nowNs += 1000;
        if (received.size() == 1) {
            return received.get(0);
        }
        assertEquals(0, received.size(), received::toString);
        return sw.totals().drops().entrySet().stream()
                .filter(e -> e.getValue() > before.getOrDefault(e.getKey(), 0L))
                .map(e -> e.getKey().label())
                .findFirst()
                .orElse("nothing");
    }

    static UnsafeBuffer frame(final String packet, final boolean fromA) {
        final String[] words = packet.split("[ :]+");
        final boolean echo = words[0].equals("echo") || words[0].equals("reply");
        final int protocol = echo ? 1 : words[0].equals("tcp") ? 6 : 17;
        final UnsafeBuffer frame =
                echo
                        ? icmp(fromA, words[0].equals("echo") ? 8 : 0, port(words[2]))
                        : frame(
                                fromA,
                                protocol,
                                port(words[fromA ? 2 : 5]),
                                port(words[fromA ? 5 : 2]),
                                words.length > 6 ? flags(words[6]) : ACK);
        frame.putInt(26, (int) IpAddress.parse(words[1]).low(), ByteOrder.BIG_ENDIAN);
        frame.putInt(30, (int) IpAddress.parse(words[4]).low(), ByteOrder.BIG_ENDIAN);
        frame.putShort(24, (short) 0);
        Checksums.putIpv4(frame, 14);
        putTransport(frame, protocol);
        return frame;
    }

    private static int port(final String word) {
        return Integer.parseInt(word);
    }

    static int flags(final String letters) {
        return letters.chars().map(c -> 1 << FLAGS.indexOf(c)).sum();
    }

    private static int checksumAt(final int protocol) {
        return protocol == 6 ? 50 : protocol == 17 ? 40 : 36;
    }

    private static void putTransport(final UnsafeBuffer frame, final int protocol) {
        final int at = checksumAt(protocol);
        frame.putShort(at, (short) 0);
        frame.putShort(at, (short) ~sum(frame, 0, frame.capacity()), ByteOrder.BIG_ENDIAN);
    }

    /** One's complement sum of the transport packet and, but for ICMP, its pseudo-header. */
    private static int sum(final DirectBuffer frame, final int offset, final int length) {
        final int protocol = frame.getByte(offset + 23);
        int sum = protocol == 1 ? 0 : protocol + length - 34;
        for (int i = protocol == 1 ? 34 : 26; i < length; i += 2) {
            sum += frame.getShort(offset + i, ByteOrder.BIG_ENDIAN) & 0xffff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    private static String text(final DirectBuffer b, final int offset, final int length) {
        assertEquals(0xffff, sum(b, offset, length), "transport checksum");
        int header = 0;
        for (int i = 14; i < 34; i += 2) {
            header += b.getShort(offset + i, ByteOrder.BIG_ENDIAN) & 0xffff;
        }
        assertEquals(0xffff, (header & 0xffff) + (header >>> 16), "IPv4 checksum");
        final int protocol = b.getByte(offset + 23);
        final String source = address(b, offset + 26);
        final String destination = address(b, offset + 30);
        if (protocol == 1) {
            final int id = b.getShort(offset + 38, ByteOrder.BIG_ENDIAN) & 0xffff;
            final String kind = b.getByte(offset + 34) == 8 ? "echo" : "reply";
            return "%s %s:%d > %s".formatted(kind, source, id, destination);
        }
        return "%s %s:%d > %s:%d"
                .formatted(
                        protocol == 6 ? "tcp" : "udp",
                        source,
                        b.getShort(offset + 34, ByteOrder.BIG_ENDIAN) & 0xffff,
                        destination,
                        b.getShort(offset + 36, ByteOrder.BIG_ENDIAN) & 0xffff);
    }

    private static String address(final DirectBuffer b, final int at) {
        final long low = b.getInt(at, ByteOrder.BIG_ENDIAN) & 0xffff_ffffL;
        return new IpAddress(false, 0, low).toString();
    }
}

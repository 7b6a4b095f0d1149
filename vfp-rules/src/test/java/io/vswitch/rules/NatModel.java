package io.vswitch.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a translating layer does, told plainly: a list of connections, nothing cached, nothing
 * shared with the switch. It takes the port that the switch chose and checks that it might.
 */
final class NatModel {
    /** Time-outs of translated connections, seconds, with what flows may hold. */
    private static final Map<String, Integer> TRANSLATED =
            Map.of(
                    "syn",
                    240,
                    "answered",
                    240,
                    "established",
                    86_403,
                    "half-closed",
                    903,
                    "closed",
                    240,
                    "reset",
                    240,
                    "single",
                    123,
                    "multiple",
                    303,
                    "echo",
                    63);

    private static final int TCP = 6;
    private static final int UDP = 17;

    /** A packet; of ICMP echo the identifier is the source port, the peer's port is 0. */
    record Packet(
            int protocol, String source, int sport, String destination, int dport, int flags) {
        Packet from(final String address, final int port) {
            return new Packet(protocol, address, port, destination, dport, flags);
        }

        Packet to(final String address, final int port) {
            return new Packet(protocol, source, sport, address, port, flags);
        }

        /** What answers it. */
        Packet reply() {
            return protocol == 1
                    ? new Packet(protocol, destination, sport, source, 0, 0)
                    : new Packet(protocol, destination, dport, source, sport, 0);
        }

        boolean isSame(final Packet other) {
            return protocol == other.protocol
                    && source.equals(other.source)
                    && sport == other.sport
                    && destination.equals(other.destination)
                    && dport == other.dport;
        }

        boolean opens() {
            return protocol == UDP
                    || protocol == TCP && (flags & 0x17) == 2
                    || protocol == 1 && flags == 8;
        }

        String origin() {
            return protocol + " " + source + ":" + sport;
        }
    }

    /** What the rules in force say, without connections. */
    interface Rules {
        /** Address to translate the source to, "" to allow it as it is, null to block. */
        String out(Packet packet);

        boolean isOfPool(int port);

        /** Ports of the pool. */
        int ports();

        /** Where the destination goes, or null to block. */
        Packet in(Packet packet);
    }

    private static final class Connection extends ConnectionModel.Connection {
        Packet opener;

        /** As the layer sent it on. */
        Packet sent;

        boolean out;

        boolean isTranslated() {
            return !opener.isSame(sent);
        }

        int seconds() {
            return (isTranslated() ? TRANSLATED : ConnectionModel.SECONDS).get(state);
        }

        boolean isOver() {
            return state.equals("closed") || state.equals("reset");
        }
    }

    /** For so long nothing is looked for again where no port was free. */
    private static final long SHORTLY_NS = 100_000_000L;

    private final Map<Packet, Long> refused = new HashMap<>();
    private final List<Connection> connections = new ArrayList<>();

    int size() {
        return connections.size();
    }

    void expire(final long nowNs) {
        connections.removeIf(c -> nowNs - c.sinceNs >= c.seconds() * 1_000_000_000L);
    }

    /**
     * Says what is wrong with what the switch made of a packet from inside, or null.
     *
     * @param actual what arrived, or null when it was dropped.
     */
    String out(final Rules rules, final Packet packet, final Packet actual, final long nowNs) {
        final Connection replied = find(false, packet, true);
        final boolean answers = replied != null && (!packet.opens() || replied.state.equals("syn"));
        if (answers) {
            final boolean same = same(replied.sent, rules.in(replied.opener));
            endUnless(same, replied, false, nowNs);
            return expect(same ? replied.opener.reply() : null, actual, replied, packet, nowNs);
        }
        final String to = rules.out(packet);
        if (to == null) {
            return actual == null ? null : "blocked, but it arrived as " + actual;
        }
        final Connection known = find(true, packet, false);
        final boolean holds = known != null && covers(rules, to, known);
        if (known != null && holds) {
            return expect(known.sent, actual, known, packet, nowNs);
        }
        if (!packet.opens() || replied != null && !replied.isOver()) {
            endUnless(known == null || packet.opens(), known, true, nowNs);
            final boolean passes = known == null && to.isEmpty();
            return expect(passes ? packet : null, actual, null, packet, nowNs);
        }
        if (actual == null && nowNs - refused.getOrDefault(packet, -SHORTLY_NS) < SHORTLY_NS) {
            return null;
        }
        final String wrong = to.isEmpty() ? null : choice(rules, to, packet, actual, known);
        if (actual == null) {
            refused.put(packet, nowNs);
        }
        if (wrong != null || actual == null) {
            return wrong;
        }
        connections.remove(known);
        connections.remove(replied);
        open(true, packet, actual, nowNs);
        return to.isEmpty() && !packet.isSame(actual) ? "translated to " + actual : null;
    }

    private static boolean covers(final Rules rules, final String to, final Connection known) {
        return to.isEmpty()
                ? !known.isTranslated()
                : known.sent.source().equals(to) && rules.isOfPool(known.sent.sport());
    }

    /** What is wrong with the source that the switch chose, or with its finding none. */
    private String choice(
            final Rules rules,
            final String to,
            final Packet packet,
            final Packet actual,
            final Connection replaced) {
        final List<Connection> others =
                connections.stream()
                        .filter(c -> c.out && c != replaced)
                        .filter(c -> c.opener.protocol() == packet.protocol())
                        .filter(c -> c.sent.source().equals(to) && rules.isOfPool(c.sent.sport()))
                        .toList();
        final Set<String> own =
                others.stream()
                        .filter(c -> c.opener.origin().equals(packet.origin()))
                        .map(c -> c.sent.origin())
                        .collect(Collectors.toSet());
        final Set<String> used =
                others.stream()
                        .filter(c -> packet.protocol() != TCP || !c.isOver())
                        .map(c -> c.sent.origin())
                        .collect(Collectors.toSet());
        if (actual == null) {
            return used.size() >= rules.ports() ? null : "a port is free: used are " + used;
        }
        if (!actual.source().equals(to) || !rules.isOfPool(actual.sport())) {
            return "not of the pool: " + actual;
        }
        if (!own.isEmpty()) {
            return own.contains(actual.origin()) ? null : actual + ", but it has " + own;
        }
        if (used.contains(actual.origin())) {
            return "another has " + actual.origin();
        }
        connections.removeIf(c -> c.out && c.sent.origin().equals(actual.origin()));
        return null;
    }

    /** The same for a packet from outside. */
    String in(final Rules rules, final Packet packet, final Packet actual, final long nowNs) {
        final Connection replied = find(true, packet, true);
        final boolean syn = packet.protocol() == TCP && packet.opens();
        final boolean echo = packet.protocol() == 1 && packet.flags() == 8;
        if (replied != null && !echo && (!syn || replied.state.equals("syn"))) {
            final String to = rules.out(replied.opener);
            final boolean holds = to != null && covers(rules, to, replied);
            endUnless(holds || !replied.isTranslated(), replied, false, nowNs);
            return expect(holds ? replied.opener.reply() : null, actual, replied, packet, nowNs);
        }
        final Packet to = rules.in(packet);
        final Connection known = find(false, packet, false);
        if (to == null) {
            return actual == null ? null : "blocked, but it arrived as " + actual;
        }
        if (known != null && known.sent.isSame(to)) {
            return expect(to, actual, known, packet, nowNs);
        }
        if (!packet.opens()) {
            return actual == null ? null : "of no connection, but it arrived as " + actual;
        }
        connections.remove(known);
        final Connection inTheWay = find(true, to.reply(), false);
        if (inTheWay != null && !inTheWay.isOver()) {
            return expect(null, actual, null, packet, nowNs);
        }
        connections.remove(inTheWay);
        open(false, packet, to, nowNs);
        return expect(to, actual, null, packet, nowNs);
    }

    /** A TCP connection that the rules don't translate as it was is as good as reset. */
    private static void endUnless(
            final boolean holds, final Connection c, final boolean forward, final long nowNs) {
        if (!holds && c.opener.protocol() == TCP) {
            ConnectionModel.update(c, TCP, forward, 4, nowNs);
        }
    }

    private static boolean same(final Packet a, final Packet b) {
        return b != null && a.isSame(b);
    }

    private Connection find(final boolean out, final Packet packet, final boolean reply) {
        for (final Connection c : connections) {
            final Packet key = reply ? c.sent.reply() : c.opener;
            if (c.out == out
                    && key.isSame(packet)
                    && (packet.protocol() != 1 || reply == (packet.flags() == 0))) {
                return c;
            }
        }
        return null;
    }

    private void open(final boolean out, final Packet opener, final Packet sent, final long nowNs) {
        final Connection opened = new Connection();
        opened.out = out;
        opened.opener = opener;
        opened.sent = sent;
        opened.openedByA = out;
        opened.state =
                opener.protocol() == TCP ? "syn" : opener.protocol() == UDP ? "single" : "echo";
        opened.sinceNs = nowNs;
        connections.add(opened);
    }

    private static String expect(
            final Packet expected,
            final Packet actual,
            final Connection updated,
            final Packet packet,
            final long nowNs) {
        if (expected == null ? actual != null : actual == null || !expected.isSame(actual)) {
            return "expected " + expected + ", but was " + actual;
        }
        if (updated != null && actual != null) {
            final boolean forward = updated.opener.isSame(packet);
            ConnectionModel.update(updated, packet.protocol(), forward, packet.flags(), nowNs);
        }
        return null;
    }
}

package io.vswitch.rules;

import java.util.HashMap;
import java.util.Map;

/**
 * What a stateful layer does, told plainly: a map of connections, nothing cached, nothing shared
 * with the switch. Ports of ICMP: the identifier on a's side, type 8 or 0 as flags.
 */
final class ConnectionModel {
    static final Map<String, Integer> SECONDS =
            Map.of(
                    "syn",
                    30,
                    "answered",
                    30,
                    "established",
                    86_403,
                    "half-closed",
                    903,
                    "closed",
                    45,
                    "reset",
                    30,
                    "single",
                    63,
                    "multiple",
                    33,
                    "echo",
                    33);
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final Map<String, Connection> connections = new HashMap<>();

    /** Says whether rules allow packets of this direction and tuple. */
    interface Rules {
        boolean allow(boolean fromA, int protocol, int portA, int portB);
    }

    /** One connection, either way. */
    static class Connection {
        String state;
        boolean openedByA;
        boolean closedByOpener;
        long sinceNs;
    }

    boolean passes(
            final Rules rules,
            final boolean fromA,
            final int protocol,
            final int portA,
            final int portB,
            final int flags,
            final long nowNs) {
        final boolean echo = protocol == 1;
        final String key =
                echo
                        ? "echo " + portA + (fromA == (flags == 8))
                        : protocol + " " + portA + " " + portB;
        connections
                .values()
                .removeIf(c -> nowNs - c.sinceNs >= SECONDS.get(c.state) * 1_000_000_000L);
        final Connection known = connections.get(key);
        final boolean opening =
                protocol == UDP || (echo && flags == 8) || (protocol == TCP && (flags & 0x17) == 2);
        final boolean over =
                known != null && (known.state.equals("closed") || known.state.equals("reset"));
        final boolean forward = known != null && known.openedByA == fromA;
        final boolean strangerSyn =
                known != null
                        && !forward
                        && protocol == TCP
                        && opening
                        && !known.state.equals("syn");
        final boolean member = known != null && !strangerSyn;
        if (!rules.allow(fromA, protocol, portA, portB)) {
            final boolean reply = member && !forward && rules.allow(!fromA, protocol, portA, portB);
            if (reply) {
                update(known, protocol, false, flags, nowNs);
            }
            return reply;
        }
        if (member) {
            update(known, protocol, forward, flags, nowNs);
        } else if (opening && (known == null || over)) {
            final Connection opened = new Connection();
            opened.openedByA = fromA;
            opened.state = protocol == TCP ? "syn" : protocol == UDP ? "single" : "echo";
            opened.sinceNs = nowNs;
            connections.put(key, opened);
        }
        return true;
    }

    static void update(
            final Connection c,
            final int protocol,
            final boolean forward,
            final int flags,
            final long nowNs) {
        final String before = c.state;
        if (protocol == TCP) {
            c.state = afterTcp(c, forward, flags);
        } else if (protocol == UDP && !forward) {
            c.state = "multiple";
        }
        final boolean waiting =
                c.state.equals("syn") || c.state.equals("answered") || c.state.equals("reset");
        final boolean again = c.state.equals("closed") && (flags & 1) == 0;
        if (!c.state.equals(before) || !(waiting || again)) {
            c.sinceNs = nowNs;
        }
    }

    private static String afterTcp(final Connection c, final boolean forward, final int flags) {
        final boolean over = c.state.equals("closed") || c.state.equals("reset");
        if ((flags & 4) != 0) {
            return "reset";
        }
        if ((flags & 2) != 0) {
            if (forward) {
                return over && (flags & 0x11) == 0 ? "syn" : c.state;
            }
            // after the end too: the peer took a SYN that the switch thought old
            final boolean answers =
                    c.state.equals("syn") || c.state.equals("closed") && (flags & 16) != 0;
            return answers ? "answered" : c.state;
        }
        if ((flags & 1) != 0) {
            if (c.state.equals("answered") || c.state.equals("established")) {
                c.closedByOpener = forward;
                return "half-closed";
            }
            return c.state.equals("half-closed") && c.closedByOpener != forward
                    ? "closed"
                    : c.state;
        }
        return c.state.equals("answered") && forward ? "established" : c.state;
    }
}

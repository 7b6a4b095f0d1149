package io.vswitch.ctl.scenario;

import java.util.ArrayList;
import java.util.List;

/**
 * A policy as OpenFlow rules, one or two tables for each direction of each layer.
 *
 * <pre>
 *   0 probes; 1..4 guards; 5 layers "out" of the ingress port; 100, 101 learned MACs;
 *   102 layers "in" of the egress port; 110 output
 *   reg0: ingress port  reg1: egress port, 0 to flood  reg2: port redirected to
 * </pre>
 */
final class OpenFlow {
    private static final int GUARDS = 1;
    private static final int OUT = 5;
    private static final int LAYERS = 10;
    private static final int SWITCHING = 100;
    private static final int LEARNED = 101;
    private static final int IN = 102;
    private static final int OUTPUT = 110;

    private final Policy policy;
    private final List<String> flows = new ArrayList<>();
    private int layerCount;

    OpenFlow(final Policy policy) {
        this.policy = policy;
    }

    List<String> flows() {
        for (final Endpoint endpoint : Endpoint.values()) {
            add(0, 1000, "dl_type=0x88b5,dl_dst=" + endpoint.mac(), "output:" + endpoint.number());
        }
        if (policy.isOpen()) {
            add(0, 0, "", "normal");
            return flows;
        }
        add(0, 0, "", resubmit(GUARDS));
        for (int table = GUARDS; table < OUT; table++) {
            add(table, 0, "", resubmit(table + 1));
        }
        for (final Endpoint endpoint : Endpoint.values()) {
            new OpenFlowGuards(endpoint, policy.guards(endpoint), GUARDS).addTo(flows);
            endpoint(endpoint);
        }
        switching();
        return flows;
    }

    private void switching() {
        add(
                SWITCHING,
                0,
                "",
                "learn(table=%d,priority=10,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:NXM_NX_REG0[0..15]->NXM_NX_REG1[0..15]),resubmit(,%d),resubmit(,%d)"
                        .formatted(LEARNED, LEARNED, IN));
        add(LEARNED, 0, "", "drop");
        add(OUTPUT, 0, "", "output:NXM_NX_REG1[]");
        for (final Endpoint from : Endpoint.values()) {
            final List<String> copies = new ArrayList<>();
            for (final Endpoint to : Endpoint.values()) {
                if (to != from) {
                    copies.add("clone(" + load(to.number(), 1) + "," + resubmit(IN) + ")");
                }
            }
            add(IN, 10, "reg1=0,reg2=0,in_port=" + from.number(), String.join(",", copies));
        }
    }

    /** The way through the layers of one port, both directions. */
    private void endpoint(final Endpoint endpoint) {
        final List<Policy.Layer> layers = policy.layers(endpoint);
        int nextOut = SWITCHING;
        int nextIn = OUTPUT;
        final int first = LAYERS + 4 * layerCount;
        layerCount += layers.size();
        for (int i = 0; i < layers.size(); i++) {
            final Policy.Layer inner = layers.get(i);
            final int in = first + 4 * i + 2;
            layer(inner, inner.in, in, nextIn, zone(first, i));
            nextIn = in;
        }
        for (int i = layers.size() - 1; i >= 0; i--) {
            final Policy.Layer outer = layers.get(i);
            final int out = first + 4 * i;
            layer(outer, outer.out, out, nextOut, zone(first, i));
            nextOut = out;
        }
        final int number = endpoint.number();
        add(OUT, 10, "in_port=" + number, load(number, 0) + "," + resubmit(nextOut));
        add(IN, 10, "reg2=0,reg1=" + number, resubmit(nextIn));
        add(IN, 20, "reg2=" + number, load(0, 2) + "," + load(number, 1) + "," + resubmit(IN));
    }

    private static int zone(final int first, final int layer) {
        return first + 4 * layer;
    }

    private void layer(
            final Policy.Layer layer,
            final List<String> rules,
            final int table,
            final int next,
            final int zone) {
        int checked = table;
        if (layer.stateful) {
            checked = table + 1;
            track(table, checked, next, zone);
        }
        int priority = 10_000;
        for (final String rule : rules) {
            rule(rule, checked, priority--, next, layer.stateful ? zone : 0);
        }
        add(checked, 0, "", layer.blocking ? "drop" : resubmit(next));
    }

    /** What connection tracking says before the rules; neighbour discovery isn't tracked. */
    private void track(final int table, final int checked, final int next, final int zone) {
        final String track = "ct(zone=" + zone + ",table=" + checked + ")";
        add(table, 0, "", resubmit(checked));
        add(table, 10, "ip", track);
        add(table, 10, "ipv6", track);
        for (int type = 130; type <= 143; type++) {
            add(table, 20, "icmp6,icmp_type=" + type, resubmit(checked));
        }
        for (final String family : List.of("ip", "ipv6")) {
            add(checked, 20_000, family + ",ct_state=+trk+est+rpl", resubmit(next));
            add(checked, 20_000, family + ",ct_state=+trk+rel", resubmit(next));
            add(checked, 20_000, family + ",ct_state=+trk+inv", "drop");
        }
    }

    private void rule(
            final String text,
            final int table,
            final int priority,
            final int next,
            final int zone) {
        final List<String> words = new ArrayList<>(List.of(text.split(" +")));
        words.remove("terminating");
        words.remove("where");
        final String action = words.remove(0);
        final List<String> sets = new ArrayList<>();
        while (!words.isEmpty() && (action.equals("rewrite") && OpenFlowSets.isSet(words.get(0)))) {
            sets.add(words.remove(0));
        }
        final String to = action.equals("redirect") ? words.remove(0) : null;
        for (final String match : new OpenFlowMatch(words).all()) {
            final String on = resubmit(next);
            switch (action) {
                case "block", "reject" -> add(table, priority, match, "drop");
                case "redirect" -> add(table, priority, match, load(port(to), 2) + "," + on);
                case "rewrite" -> rewrite(table, priority, match, sets, on);
                default -> allow(table, priority, match, on, zone);
            }
        }
    }

    /** Addresses are set in packets of their family alone. */
    private void rewrite(
            final int table,
            final int priority,
            final String match,
            final List<String> sets,
            final String next) {
        final boolean isIpv6 = match.matches(".*,(ipv6|tcp6|udp6|icmp6)(,.*|$)");
        if (sets.stream()
                .filter(set -> set.contains("-ip="))
                .allMatch(set -> set.contains(":") == isIpv6)) {
            add(table, priority, match, OpenFlowSets.of(sets, match) + next);
        }
    }

    private static int port(final String name) {
        return Endpoint.valueOf(name.toUpperCase(java.util.Locale.ROOT)).number();
    }

    private void allow(
            final int table,
            final int priority,
            final String match,
            final String next,
            final int zone) {
        final boolean ip = match.matches(".*,(ip|ipv6|tcp|udp|icmp|tcp6|udp6|icmp6)(,.*|$)");
        if (zone == 0 || !ip) {
            add(table, priority, match, next);
            return;
        }
        final String commit = "ct(commit,zone=" + zone + "),";
        add(table, priority, match + ",ct_state=+trk+new", commit + next);
        add(table, priority, match + ",ct_state=+trk-new", next);
        add(table, priority, match + ",ct_state=-trk", next);
    }

    private void add(
            final int table, final int priority, final String match, final String actions) {
        final String fields = match.startsWith(",") ? match.substring(1) : match;
        flows.add(
                "table=%d,priority=%d%s actions=%s"
                        .formatted(table, priority, fields.isEmpty() ? "" : "," + fields, actions));
    }

    private static String resubmit(final int table) {
        return "resubmit(," + table + ")";
    }

    private static String load(final int value, final int register) {
        return "load:" + value + "->NXM_NX_REG" + register + "[]";
    }
}

package io.vswitch.ctl.scenario;

import java.util.ArrayList;
import java.util.List;

/**
 * A policy as OpenFlow rules, up to three tables for each direction of each layer.
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
    private static final int LAYERS = 12;
    private static final int PER_LAYER = 6;
    private static final int SWITCHING = 100;
    private static final int LEARNED = 101;
    private static final int IN = 102;
    private static final int OUTPUT = 110;

    /** Number of the first meter of a rule. */
    static final int METERS = 100;

    private final Policy policy;
    private final List<String> flows = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();
    private final List<String> meters = new ArrayList<>();
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
        final int first = LAYERS + PER_LAYER * layerCount;
        layerCount += layers.size();
        for (int i = 0; i < layers.size(); i++) {
            final int in = first + PER_LAYER * i + PER_LAYER / 2;
            layer(layers.get(i), in, nextIn).rules(layers.get(i).in);
            nextIn = in;
        }
        for (int i = layers.size() - 1; i >= 0; i--) {
            final int out = first + PER_LAYER * i;
            layer(layers.get(i), out, nextOut).rules(layers.get(i).out);
            nextOut = out;
        }
        final int number = endpoint.number();
        add(OUT, 10, "in_port=" + number, load(number, 0) + "," + resubmit(nextOut));
        add(IN, 10, "reg2=0,reg1=" + number, resubmit(nextIn));
        add(IN, 20, "reg2=" + number, load(0, 2) + "," + load(number, 1) + "," + resubmit(IN));
    }

    /** Both directions of a layer have one zone of connections. */
    private OpenFlowLayer layer(final Policy.Layer layer, final int table, final int next) {
        return new OpenFlowLayer(this, policy, layer, table, next, table / PER_LAYER + 1);
    }

    /** Adds a group of backends and returns its number. */
    int group(final String affinity, final List<String> buckets) {
        final String method =
                affinity.equals("client") ? ",selection_method=hash,fields(ip_src)" : "";
        groups.add(
                "group_id=%d,type=select%s,%s"
                        .formatted(groups.size() + 1, method, String.join(",", buckets)));
        return groups.size();
    }

    /** Adds a rate limit and returns its number. */
    int meter(final long packetsPerSecond, final long burst) {
        final int number = METERS + meters.size();
        meters.add(
                "meter=%d,pktps,burst,band=type=drop,rate=%d,burst_size=%d"
                        .formatted(number, packetsPerSecond, burst));
        return number;
    }

    /** Groups that the flows name; to be there before them. */
    List<String> groups() {
        return groups;
    }

    /** Meters that the flows name; to be there before them. */
    List<String> meters() {
        return meters;
    }

    void add(final int table, final int priority, final String match, final String actions) {
        final String fields = match.startsWith(",") ? match.substring(1) : match;
        flows.add(
                "table=%d,priority=%d%s actions=%s"
                        .formatted(table, priority, fields.isEmpty() ? "" : "," + fields, actions));
    }

    static String resubmit(final int table) {
        return "resubmit(," + table + ")";
    }

    static String load(final int value, final int register) {
        return "load:" + value + "->NXM_NX_REG" + register + "[]";
    }
}

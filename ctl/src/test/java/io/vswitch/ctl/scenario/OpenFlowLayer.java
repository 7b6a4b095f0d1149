package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.OpenFlow.load;
import static io.vswitch.ctl.scenario.OpenFlow.resubmit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One direction of a layer as OpenFlow rules: the table that tracks, that of the rules, and that
 * which puts the MAC right after a translation.
 */
final class OpenFlowLayer {
    private static final int FIRST = 10_000;
    private static final String IP = ".*,(ip|ipv6|tcp|udp|icmp|tcp6|udp6|icmp6)(,.*|$)";

    private final OpenFlow flow;
    private final Policy policy;
    private final Policy.Layer layer;
    private final int table;
    private final int checked;
    private final int translated;
    private final int next;
    private final int zone;

    OpenFlowLayer(
            final OpenFlow flow,
            final Policy policy,
            final Policy.Layer layer,
            final int table,
            final int next,
            final int zone) {
        this.flow = flow;
        this.policy = policy;
        this.layer = layer;
        this.table = table;
        this.checked = table + 1;
        this.translated = table + 2;
        this.next = next;
        this.zone = zone;
    }

    void rules(final List<String> rules) {
        if (layer.stateful) {
            track();
        } else {
            flow.add(table, 0, "", resubmit(checked));
        }
        int priority = FIRST;
        for (final String rule : rules) {
            rule(rule, priority--);
        }
        flow.add(checked, 0, "", layer.blocking ? "drop" : resubmit(next));
    }

    private boolean translates() {
        return layer.out.stream().anyMatch(OpenFlowLayer::isTranslation)
                || layer.in.stream().anyMatch(OpenFlowLayer::isTranslation);
    }

    private static boolean isTranslation(final String rule) {
        return rule.matches("(snat|dnat|balance) .*");
    }

    /** What connection tracking says before the rules; neighbour discovery isn't tracked. */
    private void track() {
        final String nat = translates() ? "nat," : "";
        final String track = "ct(zone=" + zone + "," + nat + "table=" + checked + ")";
        final String on = resubmit(translates() ? translated : next);
        flow.add(table, 0, "", resubmit(checked));
        for (int type = 130; type <= 143; type++) {
            flow.add(table, 20, "icmp6,icmp_type=" + type, resubmit(checked));
        }
        for (final String family : List.of("ip", "ipv6")) {
            flow.add(table, 10, family, track);
            flow.add(checked, 2 * FIRST, family + ",ct_state=+trk+est+rpl", on);
            flow.add(checked, 2 * FIRST, family + ",ct_state=+trk+rel", on);
            if (layer.blocking) {
                flow.add(checked, 2 * FIRST, family + ",ct_state=+trk+inv", "drop");
            }
            if (translates()) {
                flow.add(checked, 2 * FIRST, family + ",ct_state=+trk+est-rpl+snat", on);
                flow.add(checked, 2 * FIRST, family + ",ct_state=+trk+est-rpl+dnat", on);
            }
        }
        if (translates()) {
            putMacsRight();
        }
    }

    /** As a router does, which Open vSwitch isn't by itself. */
    private void putMacsRight() {
        flow.add(translated, 0, "", resubmit(next));
        for (final String family : List.of("ip", "ipv6")) { // no address or port was left
            flow.add(translated, 20, family + ",ct_state=+new-snat-dnat", "drop");
        }
        for (final Endpoint endpoint : Endpoint.values()) {
            final String mac = setMac(endpoint.mac()) + resubmit(next);
            flow.add(translated, 10, "ip,nw_dst=" + endpoint.ip(), mac);
            flow.add(translated, 10, "ipv6,ipv6_dst=" + endpoint.ip6(), mac);
        }
    }

    private static String setMac(final String mac) {
        return "set_field:" + mac + "->eth_dst,";
    }

    private void rule(final String text, final int priority) {
        final List<String> words = new ArrayList<>(List.of(text.split(" +")));
        words.remove("terminating");
        words.remove("where");
        final String before = options(words);
        final String action = words.remove(0);
        final String object =
                List.of("redirect", "snat", "dnat", "balance", "answer").contains(action)
                        ? words.remove(0)
                        : null;
        final String mac = "arp".equals(object) ? words.remove(0) : null;
        final List<String> sets = new ArrayList<>();
        while (!words.isEmpty() && OpenFlowSets.isSet(words.get(0))) {
            sets.add(words.remove(0));
        }
        final String on = before + resubmit(next);
        for (final String match : new OpenFlowMatch(words).all()) {
            switch (action) {
                case "block", "reject" -> flow.add(checked, priority, match, "drop");
                case "redirect" ->
                        flow.add(checked, priority, match, load(port(object), 2) + "," + on);
                case "rewrite" -> rewrite(priority, match, sets, on);
                case "allow" -> allow(priority, match, on);
                case "answer" -> flow.add(checked, priority, match, OpenFlowSets.answer(mac));
                default -> translate(priority, match, action, object);
            }
        }
    }

    /** What an allowed packet is subject to besides: takes mirror and limit out of the words. */
    private String options(final List<String> words) {
        String actions = "";
        final int mirror = words.indexOf("mirror");
        if (mirror > 0) {
            words.remove(mirror);
            actions += "output:" + port(words.remove(mirror)) + ",";
        }
        final int limit = words.indexOf("limit");
        if (limit > 0) {
            words.remove(limit);
            final long rate = Long.parseLong(words.remove(limit).replace("pps", ""));
            words.remove(limit);
            actions += "meter:" + flow.meter(rate, Long.parseLong(words.remove(limit))) + ",";
        }
        return actions;
    }

    private static int port(final String name) {
        return Endpoint.valueOf(name.toUpperCase(Locale.ROOT)).number();
    }

    private static boolean isIpv6(final String match) {
        return match.matches(".*,(ipv6|tcp6|udp6|icmp6)(,.*|$)");
    }

    /** Addresses are set in packets of their family alone. */
    private void rewrite(
            final int priority, final String match, final List<String> sets, final String on) {
        if (sets.stream()
                .filter(set -> set.contains("-ip="))
                .allMatch(set -> set.contains(":") == isIpv6(match))) {
            flow.add(checked, priority, match, OpenFlowSets.of(sets, match) + on);
        }
    }

    private void allow(final int priority, final String match, final String on) {
        if (!layer.stateful || !match.matches(IP)) {
            flow.add(checked, priority, match, on);
            return;
        }
        final String commit = "ct(commit,zone=" + zone + "),";
        flow.add(checked, priority, match + ",ct_state=+trk+new", commit + on);
        flow.add(checked, priority, match + ",ct_state=+trk-new", on);
        flow.add(checked, priority, match + ",ct_state=-trk", on);
    }

    private void translate(
            final int priority, final String match, final String action, final String object) {
        final String actions =
                switch (action) {
                    case "snat" -> commit("src=" + policy.pool(object));
                    case "dnat" -> commit("dst=" + object);
                    case "balance" -> "group:" + balance(policy.balancer(object));
                    default -> throw new IllegalArgumentException(action);
                };
        flow.add(checked, priority, match + ",ct_state=+trk+new", actions);
    }

    private int balance(final Policy.Balancer balancer) {
        final List<String> buckets = new ArrayList<>();
        for (final Policy.Backend backend : balancer.backends()) {
            buckets.add(
                    "bucket=weight:%d,actions=%s"
                            .formatted(
                                    backend.state().equals("up") ? backend.weight() : 0,
                                    commit("dst=" + backend.address())));
        }
        return flow.group(balancer.affinity(), buckets);
    }

    /** The packet goes on translated, with the connection remembered. */
    private String commit(final String translation) {
        return "ct(commit,zone=%d,nat(%s),table=%d)".formatted(zone, translation, translated);
    }
}

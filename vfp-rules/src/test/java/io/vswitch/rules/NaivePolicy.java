package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.RuleRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Second evaluator, the oracle of the tests: walks the model straight from its description, rule by
 * rule, and shares nothing with the compiled path but the model.
 */
final class NaivePolicy {
    private final PolicySet set;
    private final TagSet tags;
    private final Map<String, Integer> ports;
    final List<RuleRef> matched = new ArrayList<>();
    DropReason drop;
    int redirect = -1;
    final Set<Integer> mirrors = new TreeSet<>();

    NaivePolicy(final PolicySet set, final TagSet tags, final Map<String, Integer> ports) {
        this.set = set;
        this.tags = tags;
        this.ports = ports;
    }

    void evaluate(final Direction direction, final HeaderFields f) {
        matched.clear();
        drop = null;
        redirect = -1;
        mirrors.clear();
        final List<Layer> order = new ArrayList<>(set.layers());
        if (direction == Direction.INBOUND) {
            Collections.reverse(order);
        }
        for (final Layer layer : order) {
            if (drop == null) {
                walk(layer, direction, f);
            }
        }
    }

    private void walk(final Layer layer, final Direction direction, final HeaderFields f) {
        audit(layer, direction, f);
        Rule winner = null;
        String winnerGroup = null;
        for (final Group group : set.groups(layer.name())) {
            final Rule rule = group.direction() == direction ? best(layer, group, f) : null;
            if (rule != null) {
                winner = rule;
                winnerGroup = group.name();
                if (rule.body().terminating()) {
                    break;
                }
            }
        }
        if (winner != null) {
            takesPart(layer, winnerGroup, winner);
            note(winner.body().options().meta(), f);
            act(winner.body().action(), f);
        } else if (layer.defaultVerdict() == Verdict.BLOCK) {
            drop = DropReason.LAYER_DEFAULT;
        }
    }

    private static void note(final MetaMatch meta, final HeaderFields f) {
        for (int bit = 0; meta != null && bit < 64; bit++) {
            if ((meta.mask() >> bit & 1) == 1) {
                f.metadata = f.metadata & ~(1L << bit) | (meta.value() >> bit & 1) << bit;
            }
        }
    }

    private static boolean meta(final String wanted, final long metadata) {
        for (final String item : wanted.split(",")) {
            final String[] sides = item.split("=");
            final int key = List.of("class", "mark", "route", "zone").indexOf(sides[0]);
            if ((metadata >>> key * 16 & 0xffff) != Integer.parseInt(sides[1])) {
                return false;
            }
        }
        return true;
    }

    private void audit(final Layer layer, final Direction direction, final HeaderFields f) {
        for (final Group group : set.groups(layer.name())) {
            if (group.direction() == direction && matches(group.where(), f)) {
                audit(layer, group.name(), f);
            }
        }
    }

    private void audit(final Layer layer, final String group, final HeaderFields f) {
        for (final Rule rule : set.rules(layer.name(), group)) {
            if (rule.body().action() == Action.AUDIT && matches(rule.body().conditions(), f)) {
                takesPart(layer, group, rule);
            }
        }
    }

    private void takesPart(final Layer layer, final String group, final Rule rule) {
        matched.add(new RuleRef(set.port(), layer.name(), group, rule.id()));
        if (rule.body().options().mirror() != null) {
            mirrors.add(ports.getOrDefault(rule.body().options().mirror(), -1));
        }
    }

    private Rule best(final Layer layer, final Group group, final HeaderFields f) {
        if (!matches(group.where(), f)) {
            return null;
        }
        for (final Rule rule : set.rules(layer.name(), group.name())) {
            if (rule.body().action() != Action.AUDIT && matches(rule.body().conditions(), f)) {
                return rule;
            }
        }
        return null;
    }

    private boolean matches(final Conditions c, final HeaderFields f) {
        for (final Map.Entry<ConditionField, Object> condition : c.values().entrySet()) {
            if (!matches(condition.getKey(), condition.getValue(), f)) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(final ConditionField field, final Object value, final HeaderFields f) {
        final boolean ip = f.etherType == 0x0800 || f.etherType == 0x86dd;
        final boolean hasTransport = ip && f.fragment != 2;
        switch (field) {
            case SRC_MAC:
                return mac((MacMatch) value, f.sourceMac);
            case DST_MAC:
                return mac((MacMatch) value, f.destinationMac);
            case ETHERTYPE:
                return f.etherType == ((EtherType) value).value();
            case VLAN:
                return vlan(value.toString(), f.outerVlan);
            case SRC_IP:
                return ip && address((IpMatch) value, f, f.sourceHigh, f.sourceLow);
            case DST_IP:
                return ip && address((IpMatch) value, f, f.destinationHigh, f.destinationLow);
            case PROTO:
                return ip && protos((ProtoMatch) value, f);
            case SRC_PORT:
                return hasTransport && port((PortSet) value, f.sourcePort);
            case DST_PORT:
                return hasTransport && port((PortSet) value, f.destinationPort);
            case ICMP_TYPE:
                return hasTransport && f.destinationPort / 256 == (Integer) value;
            case ICMP_CODE:
                return hasTransport && f.destinationPort % 256 == (Integer) value;
            case ARP_TARGET:
                return f.etherType == 0x0806
                        && f.protocol == 1
                        && address((IpMatch) value, f, 0, f.destinationLow);
            case TCP_FLAGS:
                return hasTransport && flags((TcpFlagsMatch) value, f.tcpFlags);
            case META:
                return meta(value.toString(), f.metadata);
            default:
                throw new AssertionError(field);
        }
    }

    private static boolean mac(final MacMatch match, final long mac) {
        for (int bit = 0; bit < 48; bit++) {
            if ((match.mask().value() >> bit & 1) == 1
                    && (match.address().value() >> bit & 1) != (mac >> bit & 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean vlan(final String wanted, final int outer) {
        final boolean tagged = outer >= 0x1000;
        return wanted.equals("none")
                ? !tagged
                : tagged && (wanted.equals("any") || wanted.equals("" + (outer - 0x1000)));
    }

    private boolean address(
            final IpMatch match, final HeaderFields f, final long high, final long low) {
        boolean any = false;
        for (final IpPrefix prefix : match.prefixes()) {
            any |= prefix(prefix, f, high, low);
        }
        for (final String tag : match.tags()) {
            any |= address(tags.tag(tag).members(), f, high, low);
        }
        return any != match.negated();
    }

    private static boolean prefix(
            final IpPrefix prefix, final HeaderFields f, final long high, final long low) {
        final boolean isIpv6 = prefix.address().isIpv6();
        if (isIpv6 != (f.etherType == 0x86dd)) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (bit(isIpv6, prefix.address().high(), prefix.address().low(), i)
                    != bit(isIpv6, high, low, i)) {
                return false;
            }
        }
        return true;
    }

    private static long bit(final boolean isIpv6, final long high, final long low, final int i) {
        return !isIpv6 ? low >> 31 - i & 1 : i < 64 ? high >> 63 - i & 1 : low >> 127 - i & 1;
    }

    private static boolean protos(final ProtoMatch match, final HeaderFields f) {
        boolean any = false;
        for (final IpProtocol protocol : match.protocols()) {
            any |= proto(protocol.number(), f);
        }
        return any != match.negated();
    }

    private static boolean proto(final int number, final HeaderFields f) {
        return f.protocol == number
                && (number != 1 || f.etherType == 0x0800)
                && (number != 58 || f.etherType == 0x86dd);
    }

    private static boolean port(final PortSet ports, final int port) {
        boolean in = false;
        for (int i = 0; i < ports.ranges(); i++) {
            in |= ports.first(i) <= port && port <= ports.last(i);
        }
        return in;
    }

    private static boolean flags(final TcpFlagsMatch match, final int flags) {
        for (int bit = 1; bit <= 0x80; bit <<= 1) {
            if ((match.mask() & bit) != 0 && (match.value() & bit) != (flags & bit)) {
                return false;
            }
        }
        return true;
    }

    private void act(final Action action, final HeaderFields f) {
        if (action instanceof Action.Block) {
            drop = DropReason.POLICY_BLOCKED;
        } else if (action instanceof Action.Answers) {
            drop = DropReason.ANSWERED;
        } else if (action instanceof Action.Reject) {
            drop = DropReason.REJECTED;
        } else if (action instanceof Action.Redirect) {
            final Integer port = ports.get(((Action.Redirect) action).port());
            drop = port == null ? DropReason.DESTINATION_GONE : null;
            redirect = port == null ? redirect : port;
        } else if (action instanceof Action.Rewrite) {
            final HeaderFields changed = new HeaderFields().copyFrom(f);
            ((Action.Rewrite) action)
                    .sets()
                    .forEach((field, value) -> rewrite(field, value, changed));
            if (drop == null) {
                f.copyFrom(changed);
            }
        }
    }

    private void rewrite(final RewriteField field, final Object value, final HeaderFields f) {
        final boolean ip = f.etherType == 0x0800 || f.etherType == 0x86dd;
        switch (field) {
            case SRC_MAC:
                f.sourceMac = ((MacAddress) value).value();
                break;
            case DST_MAC:
                f.destinationMac = ((MacAddress) value).value();
                break;
            case SRC_IP:
                needs(f.etherType == (((IpAddress) value).isIpv6() ? 0x86dd : 0x0800));
                f.sourceHigh = ((IpAddress) value).high();
                f.sourceLow = ((IpAddress) value).low();
                break;
            case DST_IP:
                needs(f.etherType == (((IpAddress) value).isIpv6() ? 0x86dd : 0x0800));
                f.destinationHigh = ((IpAddress) value).high();
                f.destinationLow = ((IpAddress) value).low();
                break;
            case SRC_PORT:
                f.sourcePort = f.fragment == 2 ? f.sourcePort : (Integer) value;
                break;
            case DST_PORT:
                f.destinationPort = f.fragment == 2 ? f.destinationPort : (Integer) value;
                break;
            case VLAN_PUSH:
                needs(f.innerVlan == 0);
                f.innerVlan = f.outerVlan;
                f.outerVlan = 0x1000 + (Integer) value;
                break;
            case VLAN_POP:
                needs(f.outerVlan != 0);
                f.outerVlan = f.innerVlan;
                f.innerVlan = 0;
                break;
            case VLAN_SET:
                needs(f.outerVlan != 0);
                f.outerVlan = 0x1000 + (Integer) value;
                break;
            case DSCP:
                needs(ip);
                f.dscp = (Integer) value;
                break;
            case CLAMP_MSS:
                f.segmentLimit =
                        f.segmentLimit == 0
                                ? (Integer) value
                                : Math.min(f.segmentLimit, (Integer) value);
                break;
            case TTL_DEC:
                needs(ip);
                f.ttlDecrement++;
                break;
            default:
                throw new AssertionError(field);
        }
    }

    private void needs(final boolean possible) {
        drop = possible ? drop : DropReason.REWRITE_IMPOSSIBLE;
    }

    @Override
    public String toString() {
        return drop + " " + redirect + " " + mirrors + " " + matched;
    }
}

package io.vswitch.rules;

import io.vswitch.core.guard.RateLimit;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.reply.Answer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Draws rules, edits and packets from a few constants, so that packets match rules often; one seed,
 * one sequence.
 */
final class RandomPolicies {
    static final Map<String, Integer> PORTS = Map.of("a", 3, "b", 4);
    private static final String[] TAGS = {"t0", "t1", "t2", "t3"};
    private static final String[] TARGETS = {"a", "b", "gone"};
    private static final int[] ETHER_TYPES = {
        0x0800, 0x0800, 0x0800, 0x86dd, 0x86dd, 0x0806, 0x88cc
    };
    private static final int[] PROTOCOLS = {6, 6, 6, 17, 17, 1, 58, 47, 2};
    private static final int[] PORT_NUMBERS = {
        0, 53, 80, 81, 443, 1024, 8080, 0x0800, 0x0305, 65535
    };
    private static final int[] VLANS = {0, 0, 0x1000, 0x100a, 0x100b, 0x1ffe};
    private static final long[] MACS = {
        0x020000000001L, 0x020000000002L, 0x0200000000ffL, 0xffffffffffffL
    };
    private static final long[] MAC_MASKS = {
        0xffffffffffffL, 0xffffffffffffL, 0xffffff000000L, 0x010000000000L, 0L
    };
    private static final long[] IPV4 = {
        0x0a000001L, 0x0a000002L, 0x0a000102L, 0x0b800001L, 0xffffffffL, 0L
    };
    private static final long[] IPV6_HIGH = {0xfd00L << 48, 0xfd00L << 48 | 1, 0xfe80L << 48, 0};
    private static final long[] IPV6_LOW = {1, 2, 1L << 63, 0};

    private final SplittableRandom random;
    private final int minDensity;
    private final boolean lenient;
    private int nextId;

    /**
     * @param minDensity least chance of a field to have a condition, percent: the higher, the fewer
     *     rules share a mask or have one that is part of another's.
     * @param lenient without rate limits, and few rules that drop: most packets arrive, each time.
     */
    RandomPolicies(final long seed, final int minDensity, final boolean lenient) {
        this.random = new SplittableRandom(seed);
        this.minDensity = minDensity;
        this.lenient = lenient;
    }

    private int pick(final int[] values) {
        return values[random.nextInt(values.length)];
    }

    private long pick(final long[] values) {
        return values[random.nextInt(values.length)];
    }

    private boolean chance(final int percent) {
        return random.nextInt(100) < percent;
    }

    int below(final int bound) {
        return random.nextInt(bound);
    }

    Direction direction() {
        return random.nextBoolean() ? Direction.OUTBOUND : Direction.INBOUND;
    }

    HeaderFields packet() {
        final HeaderFields f = new HeaderFields();
        f.destinationMac = pick(MACS);
        f.sourceMac = pick(MACS);
        f.etherType = pick(ETHER_TYPES);
        f.outerVlan = pick(VLANS);
        f.innerVlan = f.outerVlan == 0 ? 0 : pick(VLANS);
        f.protocol = pick(PROTOCOLS);
        f.tcpFlags = chance(50) ? 2 : random.nextInt(256);
        f.fragment = chance(80) ? 0 : random.nextInt(3);
        f.sourcePort = port();
        f.destinationPort = port();
        if (f.isIpv6()) {
            f.sourceHigh = pick(IPV6_HIGH);
            f.sourceLow = pick(IPV6_LOW);
            f.destinationHigh = pick(IPV6_HIGH);
            f.destinationLow = pick(IPV6_LOW);
        } else {
            f.sourceLow = pick(IPV4);
            f.destinationLow = pick(IPV4);
        }
        return f;
    }

    private int port() {
        return Math.max(
                0, Math.min(65535, pick(PORT_NUMBERS) + (chance(20) ? random.nextInt(3) - 1 : 0)));
    }

    PolicySet policy(final int maxRules) {
        PolicySet set = PolicySet.of("p");
        final int layers = 1 + random.nextInt(3);
        for (int i = 0; i < layers; i++) {
            set =
                    set.withLayer(
                            new Layer(
                                    "layer" + i,
                                    random.nextInt(3),
                                    chance(lenient ? 95 : 80) ? Verdict.ALLOW : Verdict.BLOCK));
            final int groups = random.nextInt(4);
            for (int j = 0; j < groups; j++) {
                set = withGroup(set, "layer" + i, "group" + j, random.nextInt(maxRules));
            }
        }
        return set;
    }

    private PolicySet withGroup(
            final PolicySet set, final String layer, final String group, final int rules) {
        final List<Rule> drawn = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            drawn.add(rule());
        }
        return set.withGroup(
                        new Group(layer, group, direction(), random.nextInt(3), groupConditions()))
                .withRules(layer, group, drawn);
    }

    /** One change: mostly of rules, sometimes of a group or a layer. */
    PolicySet edit(final PolicySet set) {
        final List<Layer> layers = set.layers();
        if (layers.isEmpty() || chance(3)) {
            final String name = "new" + nextId++;
            return set.withLayer(new Layer(name, random.nextInt(3), Verdict.ALLOW));
        }
        final String layer = layers.get(random.nextInt(layers.size())).name();
        final List<Group> groups = set.groups(layer);
        if (groups.isEmpty() || chance(3)) {
            return withGroup(set, layer, "g" + nextId++, random.nextInt(5));
        }
        final String group = groups.get(random.nextInt(groups.size())).name();
        if (chance(3)) {
            return chance(50) ? set.withoutLayer(layer) : set.withoutGroup(layer, group);
        }
        return editRules(set, layer, group);
    }

    /** A third of a group's rules goes, as many come. */
    PolicySet replaceMany(final PolicySet set) {
        for (final Layer layer : set.layers()) {
            for (final Group group : set.groups(layer.name())) {
                final List<Rule> rules = set.rules(layer.name(), group.name());
                if (rules.size() > 3) {
                    final List<String> gone =
                            rules.stream().filter(r -> chance(33)).map(Rule::id).toList();
                    final List<Rule> come = gone.stream().map(id -> rule()).toList();
                    return set.withoutRules(layer.name(), group.name(), gone)
                            .withRules(layer.name(), group.name(), come);
                }
            }
        }
        return set;
    }

    private PolicySet editRules(final PolicySet set, final String layer, final String group) {
        final List<Rule> rules = set.rules(layer, group);
        if (rules.isEmpty() || chance(40)) {
            return set.withRule(layer, group, rule());
        }
        final Rule old = rules.get(random.nextInt(rules.size()));
        if (chance(50)) {
            return set.withoutRule(layer, group, old.id());
        }
        return set.withReplacedRule(layer, group, new Rule(old.id(), random.nextInt(4), body()));
    }

    Rule rule() {
        final int id = nextId++;
        return new Rule(chance(50) ? "" + id : "r" + id, random.nextInt(4), body());
    }

    /** A rule that means something. */
    RuleBody body() {
        while (true) {
            try {
                return new RuleBody(lenientAction(), chance(15), conditions(), options());
            } catch (final RuleSyntaxException contradiction) {
                continue;
            }
        }
    }

    private Action lenientAction() {
        final Action drawn = action();
        return lenient && drawn.isDrop() && chance(80) ? rewrite() : drawn;
    }

    private Action action() {
        switch (random.nextInt(9)) {
            case 8:
                final Answer.Kind kind = Answer.Kind.values()[below(3)];
                final long mac = kind == Answer.Kind.ECHO ? 0 : 0x020000000001L;
                return new Action.Answers(new Answer(kind, mac));
            case 7:
                return Action.AUDIT;
            case 0:
                return Action.BLOCK;
            case 1:
                return Action.REJECT;
            case 2:
                return new Action.Redirect(TARGETS[random.nextInt(3)]);
            case 3:
            case 4:
                return rewrite();
            default:
                return Action.ALLOW;
        }
    }

    private RuleOptions options() {
        return new RuleOptions(
                !lenient && chance(10)
                        ? new RateLimit(1 + below(5_000_000), 1 + below(100_000), chance(20))
                        : null,
                chance(20) ? TARGETS[random.nextInt(3)] : null,
                chance(10) ? "meter" + below(3) : null,
                chance(25) ? meta() : null);
    }

    /** Of two keys of few values, so that a later layer often finds what one before set. */
    private MetaMatch meta() {
        final String first = "route=" + below(3);
        return MetaMatch.parse(chance(30) ? first + ",zone=" + (below(2) * 65_535) : first);
    }

    private Action rewrite() {
        final Map<RewriteField, Object> sets = new EnumMap<>(RewriteField.class);
        final int count = 1 + random.nextInt(3);
        while (sets.size() < count) {
            final RewriteField field =
                    RewriteField.values()[random.nextInt(RewriteField.values().length)];
            sets.put(field, value(field));
        }
        return new Action.Rewrite(sets);
    }

    private Object value(final RewriteField field) {
        switch (field) {
            case SRC_MAC:
                return new MacAddress(0x020000000001L + random.nextInt(2));
            case DST_MAC:
                return new MacAddress(pick(MACS));
            case SRC_IP:
            case DST_IP:
                return address(chance(30));
            case SRC_PORT:
            case DST_PORT:
                return pick(PORT_NUMBERS);
            case VLAN_PUSH:
            case VLAN_SET:
                return chance(50) ? 10 : 11;
            case DSCP:
                return random.nextInt(64);
            case CLAMP_MSS:
                return 1000 + random.nextInt(500);
            default:
                return Boolean.TRUE;
        }
    }

    private IpAddress address(final boolean isIpv6) {
        return isIpv6
                ? new IpAddress(true, pick(IPV6_HIGH), pick(IPV6_LOW))
                : new IpAddress(false, 0, pick(IPV4));
    }

    /** Mostly none, else a few that mean something. */
    private Conditions groupConditions() {
        while (chance(30)) {
            final Conditions drawn = conditions();
            if (RuleCheck.problem(drawn) == null) {
                return drawn;
            }
        }
        return Conditions.none();
    }

    private Conditions conditions() {
        Conditions conditions = Conditions.none();
        final boolean isIpv6 = chance(30);
        final int proto = pick(PROTOCOLS);
        final int density = minDensity + random.nextInt(45);
        for (final ConditionField field : ConditionField.values()) {
            final boolean rare = field == ConditionField.ARP_TARGET || field == ConditionField.META;
            if (chance(rare ? 6 : density)) {
                conditions = conditions.with(field, value(field, isIpv6, proto));
            }
        }
        return conditions;
    }

    private Object value(final ConditionField field, final boolean isIpv6, final int proto) {
        switch (field) {
            case SRC_MAC:
            case DST_MAC:
                final long mask = pick(MAC_MASKS);
                return new MacMatch(new MacAddress(pick(MACS) & mask), new MacAddress(mask));
            case ETHERTYPE:
                return new EtherType(pick(ETHER_TYPES));
            case VLAN:
                return chance(30)
                        ? VlanMatch.none()
                        : chance(30) ? VlanMatch.any() : VlanMatch.id(chance(50) ? 10 : 0);
            case SRC_IP:
            case DST_IP:
                return addresses(isIpv6);
            case ARP_TARGET:
                return addresses(false);
            case PROTO:
                return protocols(proto);
            case SRC_PORT:
            case DST_PORT:
                return ports();
            case ICMP_TYPE:
                return chance(50) ? 8 : 3;
            case ICMP_CODE:
                return chance(50) ? 0 : 5;
            case META:
                return meta();
            default:
                final int looked = 1 + random.nextInt(255);
                return new TcpFlagsMatch(looked & (chance(50) ? 2 : random.nextInt(256)), looked);
        }
    }

    /** Mostly one protocol, else a list or none of it. */
    private ProtoMatch protocols(final int proto) {
        final List<IpProtocol> list = new ArrayList<>(List.of(new IpProtocol(proto)));
        final boolean negated = chance(10);
        while (chance(15)) {
            list.add(new IpProtocol(pick(PROTOCOLS)));
        }
        return new ProtoMatch(negated, list);
    }

    /** Mostly a prefix, else a list, tags, or none of them. */
    private IpMatch addresses(final boolean isIpv6) {
        return chance(60)
                ? IpMatch.of(RandomPrefix.of(random, address(isIpv6)))
                : members(chance(30), isIpv6, TAGS.length);
    }

    private IpMatch members(final boolean negated, final boolean isIpv6, final int tagCount) {
        final Set<IpPrefix> prefixes = new HashSet<>();
        final Set<String> tags = new HashSet<>();
        do {
            if (tagCount > 0 && chance(40)) {
                tags.add(TAGS[random.nextInt(tagCount)]);
            } else {
                prefixes.add(RandomPrefix.of(random, address(chance(20) != isIpv6)));
            }
        } while (chance(50));
        return new IpMatch(negated, List.copyOf(prefixes), List.copyOf(tags));
    }

    /** All tags that rules may name; each may have those before it inside. */
    TagSet tags() {
        TagSet tags = TagSet.EMPTY;
        for (int i = 0; i < TAGS.length; i++) {
            tags = tags.with(new Tag(TAGS[i], members(false, chance(30), i)));
        }
        return tags;
    }

    /** Other members for one tag. */
    TagSet edit(final TagSet tags) {
        final int i = random.nextInt(TAGS.length);
        return tags.withReplaced(new Tag(TAGS[i], members(false, chance(30), i)));
    }

    private PortSet ports() {
        final int[] bounds = new int[2 * (1 + random.nextInt(3))];
        final boolean list = chance(60);
        for (int i = 0; i < bounds.length; i += 2) {
            final int first = port();
            final int second = list ? first : port();
            bounds[i] = Math.min(first, second);
            bounds[i + 1] = Math.max(first, second);
        }
        return PortSet.of(bounds);
    }
}

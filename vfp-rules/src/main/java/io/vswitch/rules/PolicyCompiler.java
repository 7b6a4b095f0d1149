package io.vswitch.rules;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.MeterCounter;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleExtras;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.reply.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Compiles the policies of one port, one after the other; owned by one thread, the one that changes
 * rules. What a new {@link PolicySet} shares with the last one, equal rules above all, keeps its
 * compiled form and its {@link RuleRef}, so counters go on and one more rule costs little.
 */
public final class PolicyCompiler {
    private static final int MAX_NUMBER = 65_535;

    private static final RuleExtras AUDIT = new RuleExtras(null, null, true, null);

    private final String port;
    private final List<String> targets = new ArrayList<>();
    private final Map<String, MeterCounter> meters = new ConcurrentSkipListMap<>();
    private Map<String, Map<String, CompiledGroup>> compiled = Map.of();
    private NatCompiler nat = new NatCompiler();
    private EncapCompiler encap = new EncapCompiler();
    private Function<String, MappingTable> spaces = name -> null;
    private ProviderLocator locator = ProviderLocator.NONE;
    private Map<String, Integer> numbers = Map.of();
    private int lastNumber;
    private TagSet tags = TagSet.EMPTY;
    private Balancers balancers = Balancers.NONE;

    public PolicyCompiler(final String port) {
        this.port = port;
    }

    /**
     * A compiler that goes on from here by itself: what it compiles shares compiled rules and the
     * numbers of stateful layers with what this one did, and this one learns nothing of it.
     */
    public PolicyCompiler copy() {
        final PolicyCompiler copy = new PolicyCompiler(port);
        copy.targets.addAll(targets);
        copy.nat = nat.copy();
        copy.encap = encap.copy();
        copy.spaces = spaces;
        copy.locator = locator;
        copy.meters.putAll(meters);
        copy.compiled = compiled;
        copy.numbers = numbers;
        copy.lastNumber = lastNumber;
        copy.tags = tags;
        copy.balancers = balancers;
        return copy;
    }

    /** Compiles a policy without tags. */
    public PortPolicy compile(final PolicySet set, final ToIntFunction<String> portIds) {
        return compile(set, TagSet.EMPTY, PoolSet.EMPTY, portIds);
    }

    /** Compiles a policy without pools. */
    public PortPolicy compile(
            final PolicySet set, final TagSet known, final ToIntFunction<String> portIds) {
        return compile(set, known, PoolSet.EMPTY, portIds);
    }

    /** Sets the load balancers of the policies compiled from now on; none at first. */
    public PolicyCompiler balancers(final Balancers known) {
        balancers = known;
        return this;
    }

    /**
     * Sets what the policies compiled from now on find in mapping spaces; nothing at first.
     *
     * @param tables a space by its name, or null.
     * @param providers where the next hops of rules are.
     */
    public PolicyCompiler spaces(
            final Function<String, MappingTable> tables, final ProviderLocator providers) {
        spaces = tables;
        locator = providers;
        return this;
    }

    /**
     * Compiles a policy; compile it anew when ports come or go.
     *
     * @param known what the tags in its rules stand for; compile anew when one of them changes.
     * @param pools those that its rules name; compile anew when one of them changes.
     * @param portIds id of a port by its name, -1 when there is none: what is redirected to it is
     *     dropped.
     */
    public PortPolicy compile(
            final PolicySet set,
            final TagSet known,
            final PoolSet pools,
            final ToIntFunction<String> portIds) {
        tags = known;
        final Map<String, Map<String, CompiledGroup>> next = new HashMap<>();
        for (final LayerNode layer : set.nodes()) {
            next.put(layer.layer().name(), compileGroups(layer));
        }
        compiled = next;
        numberLayers(set);
        final int[] ids = targets.stream().mapToInt(portIds).toArray();
        final List<LayerNode> outbound = set.nodes();
        final List<LayerNode> inbound = new ArrayList<>(outbound);
        Collections.reverse(inbound);
        return new CompiledPolicy(
                layers(outbound, Direction.OUTBOUND),
                layers(inbound, Direction.INBOUND),
                ids,
                nat.resolve(pools, balancers),
                encap.resolve(spaces, locator),
                looksAtFlags());
    }

    /** A stateful layer keeps its number as long as it is there; after 65,535 they begin anew. */
    private void numberLayers(final PolicySet set) {
        final Map<String, Integer> next = new HashMap<>();
        for (final Layer layer : set.layers()) {
            if (layer.stateful()) {
                final Integer before = numbers.get(layer.name());
                next.put(layer.name(), before == null ? newNumber() : before);
            }
        }
        numbers = next;
    }

    private int newNumber() {
        lastNumber = lastNumber % MAX_NUMBER + 1;
        return lastNumber;
    }

    /** The identity and counters of a rule of the policy compiled last, or null. */
    public RuleRef ref(final String layer, final String group, final String id) {
        final CompiledGroup found = compiled.getOrDefault(layer, Map.of()).get(group);
        final CompiledRule rule = found == null ? null : found.byId.get(id);
        return rule == null ? null : rule.ref;
    }

    private Map<String, CompiledGroup> compileGroups(final LayerNode layer) {
        final Map<String, CompiledGroup> before =
                compiled.getOrDefault(layer.layer().name(), Map.of());
        final Map<String, CompiledGroup> after = new HashMap<>();
        for (final GroupNode node : layer.groups()) {
            final CompiledGroup last = before.get(node.group().name());
            final CompiledGroup group =
                    last != null && last.source == node && last.tags == tags
                            ? last
                            : new GroupCompiler(
                                            node, last, tags, rule -> compile(node.group(), rule))
                                    .compile();
            after.put(node.group().name(), group);
        }
        return after;
    }

    /** Rules of the policy compiled last that are in no tuple, for there were too many masks. */
    int restRules() {
        return compiled.values().stream()
                .flatMap(groups -> groups.values().stream())
                .mapToInt(group -> Cuts.rules(group.rest).length)
                .sum();
    }

    private CompiledRule compile(final Group group, final Rule rule) {
        final RuleOptions options = rule.body().options();
        final RuleRef ref =
                new RuleRef(
                        port,
                        group.layer(),
                        group.name(),
                        rule.id(),
                        extras(group.direction(), rule.body().action(), options));
        final int mirror = options.mirror() == null ? -1 : target(options.mirror());
        return new CompiledRule(rule, ref, compile(rule.body()), mirror, tags);
    }

    private CompiledAction compile(final RuleBody body) {
        if (body.action() instanceof Action.Encap) {
            return encap.compile(((Action.Encap) body.action()).spec());
        }
        return body.action() instanceof Action.Nat || body.action() instanceof Action.Balance
                ? nat.compile(body)
                : compile(body.action());
    }

    private RuleExtras extras(
            final Direction direction, final Action action, final RuleOptions options) {
        final boolean audit = action instanceof Action.Audit;
        final Answer answer =
                action instanceof Action.Answers ? ((Action.Answers) action).answer() : null;
        if (options.isEmpty() && answer == null) {
            return audit ? AUDIT : RuleExtras.NONE;
        }
        final String meter = options.meter();
        return new RuleExtras(
                options.limit(),
                meter == null
                        ? null
                        : meters.computeIfAbsent(
                                meter + " " + direction, key -> new MeterCounter(meter, direction)),
                audit,
                answer);
    }

    /** The meters that rules of the port name, or named once: their counts go on. */
    public List<MeterCounter> meters() {
        return List.copyOf(meters.values());
    }

    private CompiledAction compile(final Action action) {
        if (action instanceof Action.Allow || action instanceof Action.Audit) {
            return CompiledAction.ALLOW;
        }
        if (action instanceof Action.Block) {
            return CompiledAction.BLOCK;
        }
        if (action instanceof Action.Answers) {
            return CompiledAction.ANSWER;
        }
        if (action instanceof Action.Reject) {
            return CompiledAction.REJECT;
        }
        if (action instanceof Action.Rewrite) {
            return new CompiledRewrite(((Action.Rewrite) action).sets());
        }
        return CompiledAction.redirect(target(((Action.Redirect) action).port()));
    }

    private int target(final String name) {
        if (!targets.contains(name)) {
            targets.add(name);
        }
        return targets.indexOf(name);
    }

    private CompiledLayer[] layers(final List<LayerNode> order, final Direction direction) {
        final CompiledLayer[] layers = new CompiledLayer[order.size()];
        for (int i = 0; i < layers.length; i++) {
            final Map<String, CompiledGroup> groups = compiled.get(order.get(i).layer().name());
            layers[i] =
                    new CompiledLayer(
                            order.get(i).layer(),
                            numbers.getOrDefault(order.get(i).layer().name(), 0),
                            order.get(i).groups().stream()
                                    .filter(node -> node.group().direction() == direction)
                                    .map(node -> groups.get(node.group().name()))
                                    .toArray(CompiledGroup[]::new));
        }
        return layers;
    }

    private boolean looksAtFlags() {
        return compiled.values().stream()
                .flatMap(groups -> groups.values().stream())
                .anyMatch(CompiledGroup::looksAtFlags);
    }
}

package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.engine.ManualSwitch;
import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyTrace;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.view.WorkerInfo;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends random frames through a switch whose two ports have random policies that change, and holds
 * what happens to each frame against what the naive evaluator said of its fields, once per policy:
 * the port it leaves through, its every byte, its copies, or why it was dropped. Of the packets of
 * one policy some are new to the flow cache, some were decided under an older one, most hit. One
 * seed makes one run; one thread.
 */
final class CachedPairs implements AutoCloseable {
    /** Packets that a policy is asked about, of which a part is new to it. */
    private static final int PACKETS = 1024;

    /** How often each is sent before something changes. */
    private static final int TIMES = 3;

    private static final int BURST = 64;
    private static final int STEPS_PER_POLICY = 16;
    private static final int FLOWS = 1024;
    private static final int DROPPED = -1;
    private static final long IDLE_NS = 11_000_000_000L;

    private final long seed;
    private final RandomPolicies random;
    private final WireFrame writer = new WireFrame();
    private final WirePort in = new WirePort("in", this::onReply);
    private final WirePort out = new WirePort("out", this::onSent);
    private final WirePort a = new WirePort("a", this::onSent);
    private final WirePort b = new WirePort("b", this::onSent);
    private final ManualSwitch vswitch;
    private final Map<String, Integer> ports;
    private final int[] ids = new int[3];
    private PolicySet first;
    private PolicySet second;
    private TagSet tags;
    private PolicyCompiler firstCompiler;
    private PolicyCompiler secondCompiler;

    private final HeaderFields[] before = new HeaderFields[PACKETS];
    private final byte[][] frames = new byte[PACKETS][WireFrame.MAX_LENGTH];
    private final int[] lengths = new int[PACKETS];
    private final long[] received = new long[PACKETS];
    private final int[] egress = new int[PACKETS];
    private final long[] sent = new long[PACKETS];

    /** By port, bits: a copy of the frame as it came. */
    private final int[] mirrors = new int[PACKETS];

    private final DropReason[] reasons = new DropReason[PACKETS];
    private final boolean[] mirrorsToNobody = new boolean[PACKETS];
    private final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    private final int[] order = new int[PACKETS * TIMES];
    private final byte[] changed = new byte[WireFrame.MAX_LENGTH];
    private final int[] seen = new int[BURST];
    private int burstStart;
    private long nowNs = 1;
    private long packets;
    private long pairs;
    private long dropped;
    private long changedPackets;

    CachedPairs(final long seed) {
        this.seed = seed;
        this.random = new RandomPolicies(seed, 5, true);
        vswitch =
                new SwitchContext()
                        .flowCapacity(FLOWS)
                        .smallSlabs(512)
                        .largeSlabs(8)
                        .clock(() -> nowNs)
                        .seed(seed)
                        .launchManual();
        vswitch.addNetwork(NetworkConfig.of("blue"));
        vswitch.addPort(in, null, PortPolicy.ALLOW_ALL);
        final WirePort[] others = {out, a, b};
        for (int i = 0; i < ids.length; i++) {
            ids[i] = vswitch.addPort(others[i], "blue", PortPolicy.ALLOW_ALL);
        }
        ports = Map.of("a", ids[1], "b", ids[2]);
    }

    /** Frames judged. */
    long packets() {
        return packets;
    }

    /** Different packets judged under different policies. */
    long pairs() {
        return pairs;
    }

    /** Of the packets, those to be dropped. */
    long dropped() {
        return dropped;
    }

    /** Of the packets, those to be changed. */
    long changed() {
        return changedPackets;
    }

    WorkerInfo.Flows flows() {
        return vswitch.workerInfo().get(0).flows();
    }

    @Override
    public void close() {
        vswitch.close();
    }

    /** Judges so many frames, or some more; throws when one isn't as it must be. */
    CachedPairs run(final long count) {
        for (int step = 0; packets < count; step++) {
            if (step % STEPS_PER_POLICY == 0) {
                begin();
                renew(PACKETS);
            } else {
                change();
                renew(PACKETS / 4);
            }
            judge();
            send();
        }
        return this;
    }

    private void begin() {
        first = random.policy(8);
        second = random.policy(8);
        tags = random.tags();
        firstCompiler = new PolicyCompiler("in");
        secondCompiler = new PolicyCompiler("out");
        publishFirst();
        publishSecond();
    }

    /** One generation more at most, so that one missed would show. */
    private void change() {
        switch (random.below(8)) {
            case 0:
                tags = random.edit(tags);
                publishFirst();
                publishSecond();
                break;
            case 1:
            case 2:
                second = random.edit(second);
                publishSecond();
                break;
            case 3:
                nowNs += IDLE_NS;
                break;
            default:
                first = random.edit(first);
                publishFirst();
        }
    }

    private void publishFirst() {
        vswitch.policy("in", new Redirecting(compile(firstCompiler, first), ids[0]));
    }

    private void publishSecond() {
        vswitch.policy("out", compile(secondCompiler, second));
    }

    private PortPolicy compile(final PolicyCompiler compiler, final PolicySet set) {
        return compiler.compile(set, tags, name -> ports.getOrDefault(name, -1));
    }

    /** Other packets in the place of some. */
    private void renew(final int count) {
        final int from = random.below(PACKETS);
        for (int i = 0; i < count; i++) {
            final int at = (from + i) % PACKETS;
            before[at] = random.packet();
            before[at].fragment = 0; // one by one they are held: another test's
            WireFrame.normalize(before[at]);
            lengths[at] = writer.write(before[at], frames[at]);
            received[at] = digest(frames[at], lengths[at]);
        }
    }

    private static long digest(final byte[] frame, final int length) {
        return WirePort.digest(new UnsafeBuffer(frame), 0, length);
    }

    /** What the naive evaluator says of every packet. */
    private void judge() {
        final NaivePolicy outbound = new NaivePolicy(first, tags, ports);
        final NaivePolicy inbound = new NaivePolicy(second, tags, ports);
        final HeaderFields after = new HeaderFields();
        for (int i = 0; i < PACKETS; i++) {
            after.copyFrom(before[i]);
            outbound.evaluate(Direction.OUTBOUND, after);
            mirrors[i] = mirrors(outbound);
            mirrorsToNobody[i] = outbound.mirrors.contains(-1);
            reasons[i] = outbound.drop;
            egress[i] = outbound.redirect == -1 ? ids[0] : outbound.redirect;
            if (reasons[i] == null && egress[i] == ids[0]) {
                inbound.evaluate(Direction.INBOUND, after);
                mirrors[i] |= mirrors(inbound);
                mirrorsToNobody[i] |= inbound.mirrors.contains(-1);
                reasons[i] = inbound.drop;
                egress[i] = inbound.redirect == -1 ? ids[0] : inbound.redirect;
            }
            final int length = writer.write(after, changed);
            sent[i] = digest(changed, length);
            egress[i] = reasons[i] == null ? egress[i] : DROPPED;
        }
        pairs += PACKETS;
    }

    private int mirrors(final NaivePolicy walked) {
        int bits = 0;
        for (final int port : walked.mirrors) {
            bits |= port < 0 ? 0 : 1 << port;
        }
        return bits;
    }

    /** Every packet, in random order, then all again in another; afterwards the books. */
    private void send() {
        final Map<DropReason, Long> expected = new EnumMap<>(drops);
        for (int i = 0; i < order.length; i++) {
            order[i] = i < PACKETS ? i : random.below(PACKETS);
            count(expected, order[i]);
        }
        for (int at = 0; at < order.length; at += BURST) {
            burstStart = at;
            Arrays.fill(seen, 0);
            in.feed(frames, lengths, order, at, at + BURST);
            vswitch.cycle();
            nowNs += 1000;
            for (int i = 0; i < BURST; i++) {
                check(i);
            }
        }
        packets += order.length;
        drops.clear();
        drops.putAll(vswitch.totals().drops());
        assertEquals(expected, drops, () -> "seed " + seed + ", after " + packets + " packets");
    }

    private void count(final Map<DropReason, Long> expected, final int i) {
        if (reasons[i] != null) {
            expected.merge(reasons[i], 1L, Long::sum);
            dropped++;
        } else {
            changedPackets += sent[i] == received[i] ? 0 : 1;
        }
        if (mirrorsToNobody[i]) {
            expected.merge(DropReason.DESTINATION_GONE, 1L, Long::sum);
        }
    }

    /** A reset, an answer: it says nothing of the packet itself. */
    private void onReply(final WirePort port, final int number, final long digest) {}

    private void onSent(final WirePort port, final int number, final long digest) {
        final int bit = 1 << (port == out ? ids[0] : port == a ? ids[1] : ids[2]);
        if (number < 0 || number >= BURST) {
            throw new AssertionError("seed " + seed + ": a frame of nobody's left");
        }
        final int i = order[burstStart + number];
        if (egress[i] >= 0
                && bit == 1 << egress[i]
                && digest == sent[i]
                && (seen[number] >>> 16 & bit) == 0) {
            seen[number] |= bit << 16;
        } else if ((mirrors[i] & bit) != 0 && digest == received[i] && (seen[number] & bit) == 0) {
            seen[number] |= bit;
        } else {
            throw new AssertionError(text(i, "left through " + port.name()));
        }
    }

    private void check(final int number) {
        final int i = order[burstStart + number];
        final int wanted = mirrors[i] | (egress[i] < 0 ? 0 : 1 << egress[i] + 16);
        if (seen[number] != wanted) {
            throw new AssertionError(text(i, "left through " + Integer.toHexString(seen[number])));
        }
    }

    private String text(final int i, final String what) {
        return "seed %d, after %d packets: %s %s; expected: port %d, mirrors %x, %s\n%s\n%s"
                .formatted(
                        seed,
                        packets,
                        Packets.text(before[i]),
                        what,
                        egress[i],
                        mirrors[i],
                        reasons[i],
                        rules(first),
                        rules(second));
    }

    private static String rules(final PolicySet set) {
        final StringBuilder text = new StringBuilder("port " + set.port());
        for (final Layer layer : set.layers()) {
            text.append('\n').append(layer);
            for (final Group group : set.groups(layer.name())) {
                text.append("\n  ").append(group);
                set.rules(layer.name(), group.name())
                        .forEach(rule -> text.append("\n    ").append(rule));
            }
        }
        return text.toString();
    }

    /** The port of no network: what no rule redirects leaves through a port of its own. */
    private record Redirecting(PortPolicy rules, int port) implements PortPolicy {
        @Override
        public void evaluate(
                final Direction direction,
                final HeaderFields fields,
                final PolicyDecision decision,
                final PolicyTrace trace) {
            rules.evaluate(direction, fields, decision, trace);
            if (!decision.isDropped() && decision.redirectPort() < 0) {
                decision.redirect(port);
            }
        }

        @Override
        public boolean dependsOnTcpFlags() {
            return rules.dependsOnTcpFlags();
        }
    }
}

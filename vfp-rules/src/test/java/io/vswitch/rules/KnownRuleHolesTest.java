package io.vswitch.rules;

import static io.vswitch.core.policy.Direction.OUTBOUND;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PortPolicy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Holes that other switches had in their rules, one test each. */
class KnownRuleHolesTest {
    private static final int PACKETS = 4_000;
    private static final int ROUNDS = 15;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /**
     * CVE-2019-25076, tuple space explosion: an attacker who may add rules makes as many masks as
     * he can, and sends packets of every shape. The cost of a lookup must stay that of a bounded
     * number of tuples.
     */
    @Test
    @Timeout(60)
    void cve201925076LookupsStayCheapWhateverTheMasks() {
        final PortPolicy few = compile(1);
        final PortPolicy hostile = compile(8_000);
        final PolicyDecision decision = new PolicyDecision();
        long plain = Long.MAX_VALUE;
        long attacked = Long.MAX_VALUE;
        // the best of many: others take the core, and the cache, of this one meanwhile
        for (int i = 0; i < ROUNDS; i++) {
            plain = Math.min(plain, evaluate(few, decision));
            attacked = Math.min(attacked, evaluate(hostile, decision));
        }
        assertBounded(attacked, Math.max(plain, 100));
    }

    private static void assertBounded(final long attacked, final long plain) {
        // seen: 16 times; one rule after the other would be some 200 times
        assertTrue(
                attacked < 60 * plain,
                () -> attacked + " ns per lookup under attack, " + plain + " ns without");
    }

    private static PortPolicy compile(final int rules) {
        final List<Rule> list = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            final String text =
                    "allow proto tcp src-ip 10.0.0.0/"
                            + (9 + i % 24)
                            + " dst-ip 10.128.0.0/"
                            + (9 + i / 24 % 24)
                            + " src-port "
                            + (i + 1)
                            + (i % 2 == 0 ? " dst-port 80" : "");
            list.add(Rule.of("r" + i, 100 + i, text));
        }
        final PolicySet set =
                PolicySet.of("p")
                        .withLayer(new Layer("acl", 1, Verdict.ALLOW))
                        .withGroup(new Group("acl", "g", OUTBOUND, 1))
                        .withRules("acl", "g", list);
        return new PolicyCompiler("p").compile(set, name -> -1);
    }

    /** CPU nanoseconds per lookup of packets of every shape. */
    private static long evaluate(final PortPolicy policy, final PolicyDecision decision) {
        final Random random = new Random(1);
        final HeaderFields[] packets = new HeaderFields[256];
        for (int i = 0; i < packets.length; i++) {
            packets[i] =
                    Packets.tcp(
                            0x0a000000L | random.nextInt(1 << 24),
                            0x0a800000L | random.nextInt(1 << 23),
                            random.nextInt(65_536),
                            80);
        }
        final long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < PACKETS; i++) {
            decision.reset();
            policy.evaluate(OUTBOUND, packets[i & 255], decision, null);
        }
        return (THREADS.getCurrentThreadCpuTime() - start) / PACKETS;
    }

    /** CVE-2021-36980: decoding an action read freed memory; here: damaged texts are refused. */
    @Test
    void cve202136980DamagedRuleTextsAreRefusedAndNothingElseHappens() {
        final String[] good = {
            "allow proto tcp src-ip 10.0.0.0/8 dst-port 80,443,1000-2000",
            "block src-ip fd00::/8 proto udp",
            "block proto udp dst-port 53"
        };
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            final StringBuilder text = new StringBuilder(good[i % good.length]);
            for (int k = 0; k <= random.nextInt(4); k++) {
                damage(text, random);
            }
            refused += isRefused(text.toString(), seed) ? 1 : 0;
        }
        assertTrue(refused > 10_000, "seed " + seed);
    }

    private static void damage(final StringBuilder text, final Random random) {
        final int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
            case 0:
                text.setCharAt(at, (char) random.nextInt(0x3000));
                break;
            case 1:
                text.insert(at, text.substring(at));
                break;
            case 2:
                text.insert(at, random.nextLong());
                break;
            default:
                text.setLength(Math.max(1, at));
        }
    }

    private static boolean isRefused(final String text, final long seed) {
        try {
            Rule.of("r", 1, text);
            return false;
        } catch (final RuleSyntaxException | ValueException e) {
            final boolean oneLine = e.getMessage() != null && e.getMessage().lines().count() == 1;
            assertTrue(oneLine, () -> "seed " + seed + ": '" + text + "': " + e.getMessage());
            return true;
        }
    }
}

package io.vswitch.bench.classbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Verdict;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Generated sets: the same by number, and compiled as a search one by one finds them. */
class FilterSetTest {
    private static final int RULES = 3000;
    private static final long NUMBER = 42;

    @ParameterizedTest
    @EnumSource(Seed.class)
    void shouldDrawTheSameWhenTheNumberIsTheSame(final Seed seed) {
        final List<Filter> filters = new FilterSet(seed, RULES, NUMBER).filters();
        assertEquals(filters, new FilterSet(seed, RULES, NUMBER).filters());
        assertTrue(!filters.equals(new FilterSet(seed, RULES, NUMBER + 1).filters()));
    }

    @ParameterizedTest
    @EnumSource(Seed.class)
    void shouldMatchTheFirstFilterWhenCompiled(final Seed seed) {
        final FilterSet set = new FilterSet(seed, RULES, NUMBER);
        final PortPolicy policy = compile(set);
        final PolicyDecision decision = new PolicyDecision();
        int headers = 0;
        for (final HeaderFields header : set.trace(2000)) {
            final int first = first(set.filters(), header);
            decision.reset();
            policy.evaluate(Direction.OUTBOUND, header, decision, null);
            assertEquals(1, decision.matchedCount(), "header " + headers);
            assertEquals(Integer.toString(first), decision.matched(0).id(), "header " + headers);
            assertEquals(first % 3 == 0, decision.isDropped(), "header " + headers);
            headers++;
        }
        assertEquals(2000, headers);
    }

    private static PortPolicy compile(final FilterSet set) {
        return new PolicyCompiler("p")
                .compile(
                        PolicySet.of("p")
                                .withLayer(new Layer("acl", 100, Verdict.BLOCK))
                                .withGroup(new Group("acl", "g", Direction.OUTBOUND, 100))
                                .withRules("acl", "g", set.rules()),
                        name -> -1);
    }

    private static int first(final List<Filter> filters, final HeaderFields header) {
        for (int i = 0; i < filters.size(); i++) {
            if (filters.get(i).matches(header)) {
                return i;
            }
        }
        return -1;
    }
}

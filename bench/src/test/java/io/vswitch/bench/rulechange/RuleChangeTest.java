package io.vswitch.bench.rulechange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The benchmark itself, small: no time is judged here, only what became of the packets. */
class RuleChangeTest {
    @Test
    @Timeout(60)
    void shouldNeitherLoseNorMisjudgePacketsWhenRulesChange() throws InterruptedException {
        final RuleChange run = new RuleChange(1000, 200);
        run.run(0, 20);
        assertEquals(0, run.judge().lost(), "lost");
        assertEquals(0, run.judge().leaked(), "passed a live rule");
        assertEquals(0, run.disordered(), "twice or out of order");
        assertEquals(0, run.bookError(), "received + replicated - sent - dropped - buffered");
        assertEquals(0, run.dropError(), "drops counted less packets missing");
        assertTrue(run.judge().blocked() > 0, "the rule blocked nothing");
        assertEquals(20, run.addNs().getTotalCount());
    }
}

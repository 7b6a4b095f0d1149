package io.vswitch.core.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rates as text, and what a bucket lets pass over time. */
class RateLimiterTest {
    private static final long SECOND = 1_000_000_000L;

    /**
     * Whatever comes when, no more passes than the burst and the rate allow, one frame aside; and
     * when there is always something to send, hardly less.
     */
    @Property(tries = 2_000)
    void shouldPassTheRateInTheLongRun(@ForAll final long seed) {
        final Random random = new Random(seed);
        final long bits = 1_000 + (long) (random.nextDouble() * random.nextInt(1 << 30));
        final int burst = 1 + random.nextInt(200_000);
        final RateLimiter limiter = new RateLimiter(new RateLimit(bits, burst, false), 1);
        final long meanNs = Math.max(1, 8L * 500 * SECOND / bits);
        long nowNs = random.nextLong();
        final long begin = nowNs;
        long passed = 0;
        int largest = 0;
        for (int i = 0; i < 2_000; i++) {
            final int length = 14 + random.nextInt(random.nextInt(20) == 0 ? 65_521 : 1_500);
            largest = Math.max(largest, length);
            passed += limiter.take(length, nowNs) ? length : 0;
            nowNs += (long) (random.nextDouble() * meanNs);
        }
        final double allowed = bits / 8.0 * (nowNs - begin) / SECOND;
        assertTrue(passed <= burst + allowed + largest, passed + " of " + allowed);
        assertTrue(passed >= allowed - 2.0 * largest - burst, passed + " of " + allowed);
    }

    @Test
    void shouldPassAFrameLargerThanTheBurstAndHaveItPaidFor() {
        final RateLimiter limiter = new RateLimiter(RateLimit.parse("8kbit burst 1000"), 1);
        assertTrue(limiter.take(65_000, 0));
        assertFalse(limiter.take(60, 63 * SECOND));
        assertTrue(limiter.take(60, 65 * SECOND));
    }

    @Test
    void shouldNotOverflowWhenTheLimitIsTheLargestAndTheTimeLong() {
        final RateLimiter limiter =
                new RateLimiter(
                        new RateLimit(RateLimit.MAX_PER_SECOND, RateLimit.MAX_BURST, false), 1);
        assertTrue(limiter.take(65_535, Long.MIN_VALUE));
        assertTrue(limiter.take(65_535, Long.MIN_VALUE + (1L << 62)));
        final RateLimiter slow = new RateLimiter(new RateLimit(1, RateLimit.MAX_BURST, false), 1);
        for (int i = 0; i < 16_384; i++) {
            assertTrue(slow.take(65_535, 5));
        }
        assertFalse(slow.take(65_535, 5));
    }

    @Test
    void shouldGiveEachWorkerItsShare() {
        int passed = 0;
        for (int worker = 0; worker < 4; worker++) {
            final RateLimiter limiter = new RateLimiter(RateLimit.parse("100pps burst 8"), 4);
            for (int i = 0; i < 10; i++) {
                passed += limiter.take(60, 0) ? 1 : 0;
            }
        }
        assertEquals(8, passed);
    }

    @ParameterizedTest
    @CsvSource({
        "10mbit, 10mbit burst 125000",
        "1mbit, 1mbit burst 64k",
        "1500bit, 1500bit burst 64k",
        "1000gbit burst 1m, 1000gbit burst 1m",
        "5000PPS, 5kpps burst 500",
        "3pps burst 10k, 3pps burst 10240",
        "'  2kbit   burst 3  ', 2kbit burst 3",
    })
    void shouldPrintTheOneForm(final String text, final String canonical) {
        assertEquals(canonical, RateLimit.parse(text).toString());
        assertEquals(RateLimit.parse(text), RateLimit.parse(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "mbit",
                "-1mbit",
                "1.5mbit",
                "0bit",
                "1001gbit",
                "9999999999999gbit",
                "1mbit burst",
                "1mbit burst 0",
                "1mbit burst 2000m",
                "1mbit 64k",
                "2000000kpps",
                "1mbit burst 64kb",
                "1mbit burst 1 2"
            })
    void shouldRefuseWithWhatIsAllowed(final String text) {
        final IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> RateLimit.parse(text));
        assertTrue(refusal.getMessage().contains("allowed are"), refusal.getMessage());
    }
}

package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text of rules: canonical form, round trip, and that no text does more than be refused. */
class RuleTextTest {
    @Property(tries = 20_000, shrinking = ShrinkingMode.OFF)
    void shouldReadBackWhatIsPrinted(@ForAll final long seed) {
        final RuleBody body = new RandomPolicies(seed, 5, false).body();
        final RuleBody read = RuleBody.parse(body.toString());
        assertEquals(body, read);
        assertEquals(body.hashCode(), read.hashCode());
        assertEquals(body.toString(), read.toString());
    }

    @Property(tries = 20_000, shrinking = ShrinkingMode.OFF)
    void shouldRefuseInOneLineWhenTextIsDamaged(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final StringBuilder text =
                new StringBuilder(new RandomPolicies(seed, 5, false).body().toString());
        for (int i = 0; i <= random.nextInt(3); i++) {
            final char noise = "x/:-,=+. 09\u0007\n\u00e4".charAt(random.nextInt(14));
            text.setCharAt(random.nextInt(text.length()), noise);
        }
        refusesInOneLine(text.toString());
    }

    @Property(tries = 5_000)
    void shouldRefuseInOneLineWhenTextIsNoise(@ForAll final String text) {
        refusesInOneLine(text);
    }

    private static void refusesInOneLine(final String text) {
        try {
            final RuleBody body = RuleBody.parse(text);
            assertEquals(body, RuleBody.parse(body.toString()));
        } catch (final RuleSyntaxException refused) {
            assertFalse(
                    refused.getMessage().matches("(?s).*[^\\x20-\\x7e].*"), refused.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "block proto icmp dst-ip 10.0.0.2 | block dst-ip 10.0.0.2 proto icmp",
                "allow | allow",
                "allow where proto 6 | allow proto tcp",
                "  terminating   block\tsrc-ip 10.0.0.0/8 | terminating block src-ip 10.0.0.0/8",
                "redirect c proto tcp | redirect c where proto tcp",
                "redirect where where proto tcp | redirect where where proto tcp",
                "rewrite dst-port=8080 dst-ip=10.0.0.9 proto tcp | rewrite dst-ip=10.0.0.9"
                        + " dst-port=8080 where proto tcp",
                "rewrite vlan-pop ttl-dec dscp=46 src-mac=02:00:00:00:00:0A |"
                        + " rewrite src-mac=02:00:00:00:00:0a vlan-pop dscp=46 ttl-dec",
                "allow src-ip fd00:0:0:0:0:0:0:1/128 | allow src-ip fd00::1",
                "allow src-ip ::/0 | allow src-ip ::/0",
                "allow src-ip ::ffff:10.0.0.1 | allow src-ip ::ffff:a00:1",
                "allow src-ip 2001:db8:0:0:1:0:0:0/80 | allow src-ip 2001:db8:0:0:1::/80",
                "allow src-ip 0.0.0.0/0 | allow src-ip 0.0.0.0/0",
                "allow src-mac 02:00:00:00:00:00/ff:00:00:00:00:00 | allow src-mac"
                        + " 02:00:00:00:00:00/ff:00:00:00:00:00",
                "allow src-mac 02:00:00:00:00:01/ff:ff:ff:ff:ff:ff | allow src-mac"
                        + " 02:00:00:00:00:01",
                "allow ethertype 0x0806 | allow ethertype arp",
                "allow ethertype 35020 | allow ethertype 0x88cc",
                "allow vlan 0 | allow vlan 0",
                "allow proto udp dst-port 90,80,81,70-75,74-79 | allow proto udp dst-port 70-81,90",
                "allow proto tcp tcp-flags ack+syn | allow proto tcp tcp-flags syn+ack",
                "allow proto tcp tcp-flags syn/syn+ack | allow proto tcp tcp-flags syn/syn+ack",
                "allow proto tcp tcp-flags none/fin+syn | allow proto tcp tcp-flags none/fin+syn",
                "allow proto tcp tcp-flags syn/syn | allow proto tcp tcp-flags syn",
                "allow proto icmpv6 icmp-type 128 icmp-code 0 | allow proto icmpv6 icmp-type 128"
                        + " icmp-code 0",
            })
    void shouldPrintCanonicalText(final String text, final String canonical) {
        assertEquals(canonical, RuleBody.parse(text).toString());
        assertEquals(RuleBody.parse(text), RuleBody.parse(canonical));
    }

    @ParameterizedTest
    @CsvSource({
        "allow, block",
        "allow, terminating allow",
        "allow proto tcp, allow proto udp",
        "redirect a, redirect b",
        "allow src-ip 10.0.0.0/8, allow dst-ip 10.0.0.0/8",
        "allow src-ip 0.0.0.0/0, allow src-ip ::/0",
    })
    void shouldDifferWhenMeaningDiffers(final String one, final String other) {
        assertNotEquals(RuleBody.parse(one), RuleBody.parse(other));
    }

    @Test
    void shouldReadTheExamplesOfTheDocumentation() throws IOException {
        final List<String> lines = Files.readAllLines(Path.of("..", "docs", "rules.md"));
        final int head = lines.indexOf("| example | meaning |");
        int examples = 0;
        for (final String line : lines.subList(head + 2, lines.size())) {
            if (!line.startsWith("| `")) {
                break;
            }
            final String text = line.substring(3, line.indexOf('`', 3));
            assertEquals(text, RuleBody.parse(text).toString());
            examples++;
        }
        assertTrue(examples >= 18, "only " + examples + " examples");
    }
}

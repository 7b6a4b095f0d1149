package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.ctl.document.Exporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From any state a document leads to what it says, whatever was there. */
@Tag("long")
class RandomDocumentTest {
    private static final int ROUNDS = 60;
    private static final String[] RULES = {
        "allow", "block", "block proto icmp", "allow proto tcp dst-port 80", "redirect p0"
    };

    @TempDir private Path directory;

    /** Devices are a function of the name, for they can't change in place. */
    private static Map<String, Object> document(final Random random) {
        final Map<String, Object> networks = new TreeMap<>();
        final Map<String, Object> ports = new TreeMap<>();
        for (int i = 0; i < 2; i++) {
            networks.put("n" + i, Map.of("subnet", "10." + i + ".0.0/16"));
        }
        if (random.nextBoolean()) {
            networks.put("spare", Map.of("mac-age", 1 + random.nextInt(3)));
        }
        for (int i = 0; i < 6; i++) {
            if (i == 0 || random.nextInt(3) > 0) {
                ports.put("p" + i, port(random, i));
            }
        }
        return Map.of("networks", networks, "ports", ports);
    }

    private static Map<String, Object> port(final Random random, final int i) {
        final Map<String, Object> layers = new TreeMap<>();
        for (final String name : List.of("acl", "nat", "x")) {
            if (random.nextBoolean()) {
                layers.put(name, layer(random));
            }
        }
        return Map.of(
                "network",
                "n" + i % 2,
                "addresses",
                List.of("10." + i % 2 + ".0." + (i + 1) + "/16"),
                "mac",
                "02:00:00:00:00:0" + i,
                "enabled",
                random.nextInt(4) > 0,
                "layers",
                layers);
    }

    private static Map<String, Object> layer(final Random random) {
        final Map<String, Object> groups = new TreeMap<>();
        for (final String name : List.of("in", "out", "more")) {
            if (random.nextBoolean()) {
                final List<Object> rules = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    rules.add(
                            Map.of(
                                    "id",
                                    "r" + (i + 8 * random.nextInt(2)),
                                    "priority",
                                    random.nextInt(3),
                                    "rule",
                                    RULES[random.nextInt(RULES.length)]));
                }
                groups.put(
                        name,
                        Map.of(
                                "direction",
                                name.equals("out") ? "out" : "in",
                                "priority",
                                random.nextInt(2),
                                "rules",
                                rules));
            }
        }
        return Map.of(
                "priority",
                random.nextInt(3),
                "default",
                random.nextBoolean() ? "allow" : "block",
                "groups",
                groups);
    }

    private String run(final LocalDaemon daemon, final String command) {
        return daemon.run(command + " --prune -f " + directory.resolve("d.yaml")).ok().out();
    }

    @Test
    void shouldBecomeWhatTheDocumentSaysWhateverWasThere() throws IOException {
        final long seed = Long.getLong("vswitch.test.seed", System.nanoTime());
        System.out.println("RandomDocumentTest: -Dvswitch.test.seed=" + seed);
        final Random random = new Random(seed);
        final Path file = directory.resolve("d.yaml");
        final Map<String, String> exports = new HashMap<>();
        final List<String> documents = new ArrayList<>();
        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            for (int i = 0; i < ROUNDS; i++) {
                // One in four was there before: then the path to it must not matter.
                final String text =
                        i % 4 == 3
                                ? documents.get(random.nextInt(documents.size()))
                                : Exporter.yaml(document(random));
                documents.add(text);
                Files.writeString(file, text);
                run(daemon, "apply");
                final String before = daemon.fingerprint();

                assertEquals("", run(daemon, "diff"));
                assertEquals("nothing to change\n", run(daemon, "apply"));
                final String export = daemon.run("export").ok().out();
                assertEquals(exports.getOrDefault(text, export), export);
                exports.put(text, export);
                Files.writeString(file, export);
                assertEquals("nothing to change\n", run(daemon, "apply"));
                assertEquals(before, daemon.fingerprint());
                assertEquals(rules(text), rules(export));
            }
        }
    }

    /** Rules as a document has them, without the rest: an oracle that knows no planner. */
    private static List<String> rules(final String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("rule:") || line.startsWith("- rule:"))
                .map(line -> line.replaceFirst("- ", ""))
                .sorted()
                .toList();
    }

    @Test
    void shouldApplyTenThousandRulesInOneTransaction() throws IOException {
        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            daemon.run("add-port web --mac 02:00:00:00:00:01").ok();
            for (int round = 0; round < 8; round++) {
                final StringBuilder text =
                        new StringBuilder("ports: {web: {layers: {acl: {groups: {in: {rules: [\n");
                for (int i = 0; i < 10_000; i++) {
                    text.append(
                            "  block proto tcp dst-port %d src-ip 10.%d.%d.0/24 dst-ip 10.9.%d.1,\n"
                                    .formatted(1 + i % 999, round, i % 256, i / 256));
                }
                text.append("]}}}}}}\n");
                Files.writeString(directory.resolve("d.yaml"), text);
                final long bytes = daemon.controller.journalBytes();
                final long start = System.nanoTime();
                final String out = daemon.run("apply -f " + directory.resolve("d.yaml")).ok().out();
                System.out.printf(
                        Locale.ROOT,
                        "apply of 10,000 rules, round %d: %.0f ms with client, journal %+d bytes%n",
                        round,
                        (System.nanoTime() - start) / 1e6,
                        daemon.controller.journalBytes() - bytes);
                assertEquals(
                        round == 0
                                ? "applied: 10002 added, 0 changed, 0 removed"
                                : "applied: 0 added, 10000 changed, 0 removed",
                        out.lines().reduce((a, b) -> b).orElse(""));
                assertEquals(10_000, daemon.state().port("web").policy().ruleCount());
            }
        }
    }
}

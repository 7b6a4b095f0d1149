package io.vswitch.ctl.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * docs/scenarios.md is what the scenarios say of themselves, and they fail where they pass though
 * they say they don't; {@code -Dvswitch.docs.write=true} writes it anew.
 */
class PageTest {
    private static final String HEAD =
            """
            # Scenarios

            Made from the scenarios themselves by `PageTest`; don't edit.

            Black-box tests with ping, curl, socat, iperf3 and scapy in four namespaces, written once and run against two switches:
            Debian's Open vSwitch with its userspace datapath, programmed with OpenFlow and `ct()`, and `vswitchd`, told what to do
            through its control API. "fails" is tested too: a scenario that passes against its mark fails the build.

                ./mvnw -pl ctl -am test -Dtest='*ScenarioTest' -Dsurefire.failIfNoSpecifiedTests=false

            """;

    private static List<Class<?>> themes() throws IOException, URISyntaxException {
        final Path directory = Path.of(PageTest.class.getResource("PageTest.class").toURI());
        try (Stream<Path> files = Files.list(directory.getParent())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith("ScenarioTest.class"))
                    .map(PageTest::load)
                    .sorted(Comparator.comparing(PageTest::title))
                    .toList();
        }
    }

    private static Class<?> load(final String file) {
        try {
            return Class.forName(
                    PageTest.class.getPackageName() + "." + file.replace(".class", ""));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String title(final Class<?> theme) {
        return theme.getAnnotation(DisplayName.class).value();
    }

    private static List<Scenario> scenarios(final Class<?> theme) {
        return Arrays.stream(theme.getDeclaredMethods())
                .map(method -> method.getAnnotation(Scenario.class))
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(Scenario::value))
                .toList();
    }

    private static String result(final String failure) {
        return failure.isEmpty() ? "passes" : "fails: " + failure;
    }

    @Test
    void shouldEqualWhatTheScenariosSay() throws Exception {
        final StringBuilder tables = new StringBuilder();
        final List<Scenario> all =
                themes().stream().flatMap(theme -> scenarios(theme).stream()).toList();
        for (final Class<?> theme : themes()) {
            tables.append("\n## ").append(title(theme)).append("\n\n");
            tables.append("| scenario | vswitch | Open vSwitch |\n|---|---|---|\n");
            for (final Scenario scenario : scenarios(theme)) {
                tables.append(
                        "| %s | %s | %s |\n"
                                .formatted(
                                        scenario.value(),
                                        result(scenario.oursFails()),
                                        result(scenario.ovsFails())));
            }
        }
        final String count =
                "%d scenarios: vswitch passes %d, Open vSwitch %d.\n"
                        .formatted(
                                all.size(),
                                all.stream().filter(s -> s.oursFails().isEmpty()).count(),
                                all.stream().filter(s -> s.ovsFails().isEmpty()).count());
        final String text = HEAD + count + tables;
        final Path file = Path.of("../docs/scenarios.md");
        if (Boolean.getBoolean("vswitch.docs.write")) {
            Files.writeString(file, text);
        }
        assertEquals(
                Files.readString(file),
                text,
                "docs/scenarios.md is out of date: run ./mvnw -pl ctl -am test -Dtest=PageTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dtest.jvm.args=-Dvswitch.docs.write=true");
        assertEquals(all.size(), all.stream().map(Scenario::value).distinct().count());
    }
}

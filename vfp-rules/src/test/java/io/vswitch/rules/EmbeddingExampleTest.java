package io.vswitch.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of the README runs, and the README shows exactly what runs. */
class EmbeddingExampleTest {
    private static final String SOURCE =
            "vfp-rules/src/test/java/io/vswitch/rules/EmbeddingExample.java";

    @Test
    @Timeout(20)
    void shouldDeliverOnlyWhatTheRuleAllows() {
        final PrintStream out = System.out;
        final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            EmbeddingExample.main(new String[0]);
        } finally {
            System.setOut(out);
        }
        assertEquals(
                List.of("bob got port 80, dropped: {POLICY_BLOCKED=1}"),
                printed.toString(UTF_8).lines().toList());
    }

    /**
     * In the README the code stands in a fenced block between the lines {@code <!-- tag::example
     * -->} and {@code <!-- end::example -->}; indentation of the whole block doesn't count.
     */
    @Test
    void shouldShowTheSameCodeInTheReadme() throws IOException {
        final Path root = root();
        final Path readme = root.resolve("README.md");
        assumeTrue(Files.exists(readme), "SKIPPED: there is no README.md to compare with");
        final List<String> source = region(Files.readAllLines(root.resolve(SOURCE)));
        final List<String> shown =
                region(Files.readAllLines(readme)).stream()
                        .filter(line -> !line.strip().startsWith("```"))
                        .toList();
        assertEquals(text(source), text(shown));
        assertTrue(source.size() <= 20, "the example has " + source.size() + " lines");
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve(SOURCE))) {
            directory = directory.getParent();
        }
        return directory;
    }

    private static List<String> region(final List<String> lines) {
        int from = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains("tag::example")) {
                from = i + 1;
            } else if (lines.get(i).contains("end::example")) {
                assertTrue(from > 0, "end::example without tag::example");
                return lines.subList(from, i);
            }
        }
        throw new AssertionError("no region between tag::example and end::example");
    }

    private static String text(final List<String> lines) {
        return String.join("\n", lines).stripIndent().strip();
    }
}

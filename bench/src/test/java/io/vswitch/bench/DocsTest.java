package io.vswitch.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages refer to what is there. */
class DocsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
    private static final Pattern SCRIPT =
            Pattern.compile(
                    "(?:`|^ {4})(?:\\./)?((?:bench|\\.ci)/[a-z-]+|quickstart|mvnw)(?=[ `\\n])",
                    Pattern.MULTILINE);

    private final Path root = root();

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("mvnw"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    private List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            final List<Path> pages =
                    new ArrayList<>(docs.filter(p -> p.toString().endsWith(".md")).toList());
            pages.add(root.resolve("README.md"));
            return pages;
        }
    }

    private static List<String> found(final Pattern pattern, final Path page) throws IOException {
        return pattern.matcher(Files.readString(page))
                .results()
                .map((final MatchResult match) -> match.group(1))
                .toList();
    }

    @Test
    void shouldFindWhatEveryLinkNames() throws IOException {
        final List<String> broken = new ArrayList<>();
        int links = 0;
        for (final Path page : pages()) {
            for (final String link : found(LINK, page)) {
                links++;
                if (!Files.exists(page.resolveSibling(link))) {
                    broken.add(root.relativize(page) + ": " + link);
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(links > 10, "only " + links + " links found");
    }

    @Test
    void shouldFindEveryScriptThatAPageNames() throws IOException {
        final List<String> missing = new ArrayList<>();
        int scripts = 0;
        for (final Path page : pages()) {
            for (final String script : found(SCRIPT, page)) {
                scripts++;
                if (!Files.isExecutable(root.resolve(script))) {
                    missing.add(root.relativize(page) + ": " + script);
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(scripts > 10, "only " + scripts + " scripts found");
    }
}

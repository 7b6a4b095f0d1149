package io.vswitch.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Prints what bench/compare or bench/overlay measured: a table per metric, the targets and where it
 * ran. Runs on one thread.
 */
public final class CompareReport {
    private final Suite suite;
    private final Results results;
    private final List<String> facts;
    private final boolean isMarkdown;
    private final StringBuilder out = new StringBuilder();

    CompareReport(
            final Suite suite,
            final Results results,
            final List<String> facts,
            final boolean isMarkdown) {
        this.suite = suite;
        this.results = results;
        this.facts = facts;
        this.isMarkdown = isMarkdown;
    }

    /**
     * Arguments: text or md, the file of rows, the file of facts ("name value", separated by a
     * tab), compare or overlay.
     */
    public static void main(final String[] args) throws IOException {
        if (args.length != 4 || !List.of("text", "md").contains(args[0])) {
            System.err.println(
                    "usage: CompareReport text|md RESULTS.tsv FACTS.tsv compare|overlay");
            System.exit(2);
        }
        final Results results = Results.parse(Files.readAllLines(Path.of(args[1])));
        final List<String> facts = Files.readAllLines(Path.of(args[2]));
        System.out.print(
                new CompareReport(Suite.of(args[3]), results, facts, args[0].equals("md"))
                        .render());
    }

    String render() {
        for (final Metric metric : Metric.values()) {
            final Map<String, Series> paths = results.of(metric);
            if (!paths.isEmpty()) {
                section(metric.title() + ", " + metric.unit(), metricTable(paths));
            }
        }
        final Table targets =
                new Table("target", "reached", "asked", "verdict", "reached/asked by round");
        suite.targets().forEach(target -> targets.row(target.row(results)));
        section("Targets (ratios of medians)", targets);
        final Table where = new Table("fact", "value");
        facts.forEach(line -> where.row(List.of(line.split("\t", 2))));
        section("Where and how", where);
        return out.toString();
    }

    private void section(final String title, final Table table) {
        out.append(isMarkdown ? "### " : "").append(title).append('\n');
        out.append(isMarkdown ? "\n" + table.markdown() : table.text()).append('\n');
    }

    private Table metricTable(final Map<String, Series> paths) {
        final Table table =
                new Table("path", "median", "min..max", "rounds", "x " + suite.limitPath());
        final Series limit = paths.get(suite.limitPath());
        suite.paths().stream()
                .filter(paths::containsKey)
                .forEach(path -> table.row(metricRow(path, paths.get(path), limit)));
        return table;
    }

    private static List<String> metricRow(
            final String path, final Series series, final Series limit) {
        return List.of(
                path,
                number(series.median()),
                number(series.min()) + ".." + number(series.max()),
                Integer.toString(series.rounds()),
                limit == null
                        ? "-"
                        : String.format(Locale.ROOT, "%.2f", series.median() / limit.median()));
    }

    private static String number(final double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }
}

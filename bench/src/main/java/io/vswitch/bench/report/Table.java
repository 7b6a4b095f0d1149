package io.vswitch.bench.report;

import java.util.ArrayList;
import java.util.List;

/** A table of strings that prints itself as aligned text or as Markdown; used by one thread. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(final String... heads) {
        rows.add(List.of(heads));
    }

    /** Adds a row with as many cells as there are heads. */
    Table row(final List<String> cells) {
        rows.add(cells);
        return this;
    }

    String text() {
        final StringBuilder out = new StringBuilder();
        for (final List<String> row : rows) {
            final StringBuilder line = new StringBuilder("  ");
            for (int column = 0; column < row.size(); column++) {
                line.append(String.format("%-" + (width(column) + 2) + "s", row.get(column)));
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }

    String markdown() {
        final StringBuilder out = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            out.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                out.append("|---".repeat(rows.get(0).size())).append("|\n");
            }
        }
        return out.toString();
    }

    private int width(final int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(1);
    }
}

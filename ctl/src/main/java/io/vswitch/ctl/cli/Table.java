package io.vswitch.ctl.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows with aligned columns, numbers to the right; one thread. */
final class Table {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();

    Table(final String... headers) {
        rows.add(headers);
    }

    /** A row; null shows as "-". */
    Table row(final Object... cells) {
        final String[] row = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            row[i] = cells[i] == null || cells[i].equals("") ? "-" : cells[i].toString();
        }
        rows.add(row);
        return this;
    }

    void print(final PrintWriter out) {
        final int columns = rows.get(0).length;
        final int[] widths = new int[columns];
        final boolean[] numbers = new boolean[columns];
        for (int i = 0; i < columns; i++) {
            final int column = i;
            widths[i] = rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
            numbers[i] =
                    rows.size() > 1
                            && rows.stream()
                                    .skip(1)
                                    .allMatch(
                                            row -> row[column].matches("[\\d.]+[a-zA-Z ]{0,4}|-"));
        }
        rows.forEach(row -> out.println(line(row, widths, numbers)));
    }

    private static String line(final String[] row, final int[] widths, final boolean[] numbers) {
        final StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            final String pad = " ".repeat(widths[i] - row[i].length());
            line.append(i == 0 ? "" : GAP).append(numbers[i] ? pad + row[i] : row[i] + pad);
        }
        return line.toString().stripTrailing();
    }

    /** Bytes for people, three digits: 1.21 GB. */
    static String bytes(final long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < 5) {
            value /= 1000;
            unit++;
        }
        final String name = new String[] {"B", "kB", "MB", "GB", "TB", "PB"}[unit];
        if (unit == 0) {
            return bytes + " B";
        }
        return (value < 10 ? "%.2f %s" : value < 100 ? "%.1f %s" : "%.0f %s")
                .formatted(value, name);
    }

    /** A time span for people: 2 d 3 h, 4 m 5 s, 6.7 s. */
    static String span(final long ms) {
        final long seconds = ms / 1000;
        if (seconds < 60) {
            return "%.1f s".formatted(ms / 1000.0);
        }
        if (seconds < 3600) {
            return seconds / 60 + " m " + seconds % 60 + " s";
        }
        final long hours = seconds / 3600;
        return hours < 24
                ? hours + " h " + seconds % 3600 / 60 + " m"
                : hours / 24 + " d " + hours % 24 + " h";
    }
}

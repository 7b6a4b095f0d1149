package io.vswitch.rules;

import io.vswitch.core.engine.SwitchException;
import java.util.Collection;
import java.util.regex.Pattern;

/**
 * What names, ids and priorities may be, and which known name somebody probably meant. Stateless.
 */
final class Names {
    static final int MAX_PRIORITY = 1_000_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:-]{0,62}");

    static final String ALLOWED =
            "allowed are 1 to 63 characters, letters, digits and _ . : -, none of . : - first";

    private Names() {}

    static boolean isName(final String name) {
        return name != null && NAME.matcher(name).matches();
    }

    static void check(final String what, final String name) {
        if (!isName(name)) {
            throw new SwitchException(what + " '" + printable(name) + "': " + ALLOWED);
        }
    }

    static void checkPriority(final String what, final String name, final int priority) {
        if (priority < 0 || priority > MAX_PRIORITY) {
            throw new SwitchException(
                    what
                            + " '"
                            + name
                            + "': priority "
                            + priority
                            + "; allowed: 0 to "
                            + MAX_PRIORITY);
        }
    }

    /**
     * "; did you mean 'X'?" when a known name is near, else the known ones, else "; there are
     * none".
     */
    static String hint(final String word, final Collection<String> known) {
        final String near = nearest(word, known);
        if (near != null) {
            return "; did you mean '" + near + "'?";
        }
        if (known.isEmpty()) {
            return "; there are none";
        }
        final String first = String.join(", ", known.stream().limit(20).toList());
        return "; allowed: " + first + (known.size() > 20 ? ", ..." : "");
    }

    /**
     * The known name of the fewest edits, if those are at most a third of the word (and always
     * one).
     */
    static String nearest(final String word, final Collection<String> known) {
        String best = null;
        int bestDistance = Math.max(1, word.length() / 3) + 1;
        for (final String name : known) {
            if (Math.abs(name.length() - word.length()) < bestDistance) {
                final int distance = distance(word, name);
                if (distance < bestDistance) {
                    best = name;
                    bestDistance = distance;
                }
            }
        }
        return best;
    }

    /** Edits (insert, delete, replace, swap of neighbours) that make one word the other. */
    static int distance(final String a, final String b) {
        final int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : step(edits, a, b, i, j);
            }
        }
        return edits[a.length()][b.length()];
    }

    private static int step(
            final int[][] edits, final String a, final String b, final int i, final int j) {
        final int replace = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replace, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        if (i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1)) {
            best = Math.min(best, edits[i - 2][j - 2] + 1);
        }
        return best;
    }

    /**
     * Any text as part of one line: control characters become '?', more than 64 characters are cut.
     */
    static String printable(final String text) {
        if (text == null) {
            return "";
        }
        final String line = text.replaceAll("[^\\x20-\\x7e]", "?");
        return line.length() <= 64 ? line : line.substring(0, 61) + "...";
    }
}

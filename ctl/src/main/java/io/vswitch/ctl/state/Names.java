package io.vswitch.ctl.state;

import java.util.Collection;
import java.util.regex.Pattern;

/** What things may be called, and which name was meant; stateless, any thread. */
public final class Names {
    /** Longest name of a Linux interface (IFNAMSIZ - 1, linux/if.h). */
    public static final int MAX_INTERFACE = 15;

    private static final int MAX_NETWORK = 63;
    private static final int MAX_LABEL = 31;
    private static final int MAX_PRIORITY = 1_000_000;
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");
    private static final String WORD_ALLOWED =
            "letters, digits, '.', '_', '-', beginning with none of '.', '-'";
    private static final String LABEL_ALLOWED = "letters, digits, '_', '-', not beginning with '-'";

    private Names() {}

    /** Checks the name of a port or an interface. */
    public static String checkInterface(final String what, final String name) {
        return check(what, name, WORD, MAX_INTERFACE, WORD_ALLOWED);
    }

    /** Checks the name of a network. */
    public static String checkNetwork(final String name) {
        return check("network", name, WORD, MAX_NETWORK, WORD_ALLOWED);
    }

    /** Checks the name of a layer or group, or the id of a rule: no dot, which joins them. */
    public static String checkLabel(final String what, final String name) {
        return check(what, name, LABEL, MAX_LABEL, LABEL_ALLOWED);
    }

    /** Checks the priority of a layer, group or rule. */
    public static void checkPriority(final String what, final Integer priority) {
        if (priority == null || priority < 0 || priority > MAX_PRIORITY) {
            throw Refusal.usage(
                    "priority %s of %s; allowed are 0 to %d"
                            .formatted(priority, what, MAX_PRIORITY));
        }
    }

    private static String check(
            final String what,
            final String name,
            final Pattern pattern,
            final int longest,
            final String allowed) {
        if (name == null || name.isEmpty()) {
            throw Refusal.usage(
                    what + " name is empty; allowed are 1 to " + longest + " characters");
        }
        if (name.length() > longest) {
            throw Refusal.usage(
                    "%s name '%s' has %d characters; allowed are 1 to %d"
                            .formatted(what, name, name.length(), longest));
        }
        if (!pattern.matcher(name).matches()) {
            throw Refusal.usage("%s name '%s': allowed are %s".formatted(what, name, allowed));
        }
        return name;
    }

    /** The refusal of a name that isn't there, with the nearest that is. */
    public static Refusal unknown(
            final String what, final String name, final Collection<String> known) {
        return Refusal.failure("no " + what + " '" + name + "'" + hint(what, name, known));
    }

    private static String hint(
            final String what, final String name, final Collection<String> known) {
        if (known.isEmpty()) {
            return "; there is no " + what + " yet";
        }
        final String nearest = nearest(name, known);
        if (nearest != null) {
            return "; did you mean '" + nearest + "'?";
        }
        final String all = String.join(", ", known.stream().sorted().limit(10).toList());
        return "; there are: " + all + (known.size() > 10 ? ", ..." : "");
    }

    /** The known name with the smallest edit distance, or null when none is near. */
    public static String nearest(final String name, final Collection<String> known) {
        String best = null;
        int bestDistance = Math.max(1, name.length() / 3) + 1;
        for (final String candidate : known) {
            final int distance = distance(name, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** Edit distance that counts a swap of neighbours as one (optimal string alignment). */
    private static int distance(final String a, final String b) {
        final int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : step(a, b, d, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int step(
            final String a, final String b, final int[][] d, final int i, final int j) {
        final int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        final int best = Math.min(d[i - 1][j - 1] + cost, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        final boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
    }
}

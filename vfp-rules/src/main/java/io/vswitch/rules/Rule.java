package io.vswitch.rules;

/**
 * A rule in its place; immutable. Rules of a group are ordered by priority, the lowest first; equal
 * ones by id: ids of digits only come first, by their number, then the others by their characters.
 *
 * @param id unique in its group, 1 to 63 characters.
 * @param priority 0 to 1,000,000; the lowest matching one counts.
 * @param body what it matches and does.
 */
public record Rule(String id, int priority, RuleBody body) implements Comparable<Rule> {
    public Rule {
        Names.check("rule", id);
        Names.checkPriority("rule", id, priority);
    }

    /**
     * Reads the rule's text.
     *
     * @throws RuleSyntaxException with one line that says where the text is wrong.
     */
    public static Rule of(final String id, final int priority, final String text) {
        return new Rule(id, priority, RuleBody.parse(text));
    }

    /** Canonical text of {@link #body}. */
    public String text() {
        return body.toString();
    }

    @Override
    public int compareTo(final Rule other) {
        return priority != other.priority
                ? Integer.compare(priority, other.priority)
                : compareIds(id, other.id);
    }

    /** The order of ids: numbers first, by their value, then the others by their characters. */
    public static int compareIds(final String a, final String b) {
        final boolean number = isNumber(a);
        if (number != isNumber(b)) {
            return number ? -1 : 1;
        }
        if (number) {
            final int order = compareNumbers(a, b);
            return order != 0 ? order : a.compareTo(b);
        }
        return a.compareTo(b);
    }

    private static boolean isNumber(final String id) {
        for (int i = 0; i < id.length(); i++) {
            if (id.charAt(i) < '0' || id.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static int compareNumbers(final String a, final String b) {
        final int fromA = leadingZeros(a);
        final int fromB = leadingZeros(b);
        final int lengthA = a.length() - fromA;
        final int lengthB = b.length() - fromB;
        for (int i = 0; lengthA == lengthB && i < lengthA; i++) {
            if (a.charAt(fromA + i) != b.charAt(fromB + i)) {
                return a.charAt(fromA + i) - b.charAt(fromB + i);
            }
        }
        return lengthA - lengthB;
    }

    private static int leadingZeros(final String digits) {
        int i = 0;
        while (i < digits.length() && digits.charAt(i) == '0') {
            i++;
        }
        return i;
    }
}

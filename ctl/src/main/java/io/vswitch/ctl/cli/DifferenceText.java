package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.document.Plan;
import java.io.PrintWriter;

/** Differences for people: one line each, + added, ~ changed, - removed; stateless. */
final class DifferenceText {
    private DifferenceText() {}

    static void print(final Views.Differences answer, final PrintWriter out) {
        answer.differences().forEach(d -> out.println(line(d)));
        if (!answer.unmentioned().isEmpty()) {
            out.println(
                    "not in the document, left alone (--prune removes): "
                            + String.join(", ", answer.unmentioned()));
        }
    }

    private static String line(final Plan.Difference d) {
        return switch (d.change()) {
            case "added" -> "+ " + d.what() + ": " + d.after();
            case "removed" -> "- " + d.what() + ": " + d.before();
            default -> "~ " + d.what() + ": " + d.before() + " -> " + d.after();
        };
    }

    /** Like: 2 added, 1 changed, 0 removed. */
    static String summary(final Views.Differences answer) {
        return "%d added, %d changed, %d removed"
                .formatted(
                        count(answer, "added"), count(answer, "changed"), count(answer, "removed"));
    }

    private static long count(final Views.Differences answer, final String change) {
        return answer.differences().stream().filter(d -> d.change().equals(change)).count();
    }
}

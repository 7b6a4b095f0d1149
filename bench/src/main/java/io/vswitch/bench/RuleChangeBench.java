package io.vswitch.bench;

import io.vswitch.bench.rulechange.RuleChangeReport;

/**
 * Prints how fast a rule is live on a port with many rules, and whether a packet was lost or
 * misjudged meanwhile.
 */
public final class RuleChangeBench {
    private RuleChangeBench() {}

    /**
     * Arguments: rules, rules of a transaction, warm-up changes, timed changes. Exit code 1 when a
     * packet was lost or misjudged.
     */
    public static void main(final String[] args) throws InterruptedException {
        if (args.length != 4) {
            System.err.println("usage: RuleChangeBench RULES IN-TRANSACTION WARM-UPS CHANGES");
            System.exit(2);
        }
        final boolean isCorrect =
                RuleChangeReport.print(
                        Integer.parseInt(args[0]),
                        Integer.parseInt(args[1]),
                        Integer.parseInt(args[2]),
                        Integer.parseInt(args[3]),
                        System.out);
        System.exit(isCorrect ? 0 : 1);
    }
}

package io.vswitch.ctl.cli;

import picocli.CommandLine.Parameters;

/** Where a rule is: port, layer and group. */
final class RulePlace {
    private static final String DEFAULT_LAYER = "acl";

    @Parameters(index = "0", paramLabel = "PORT", description = "The port.")
    private String port;

    @Parameters(
            index = "1",
            paramLabel = "[LAYER.]GROUP",
            description =
                    "Group of rules. Without LAYER it is one of the layer acl, whose groups in (to"
                            + " the endpoint) and out (from it) come by themselves.")
    private String place;

    String port() {
        return port;
    }

    String layer() {
        final int dot = place.indexOf('.');
        return dot < 0 ? DEFAULT_LAYER : place.substring(0, dot);
    }

    String group() {
        return place.substring(place.indexOf('.') + 1);
    }
}

package io.vswitch.containers.docker;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@code vswitchctl docker policy} shows; immutable.
 *
 * @param problems labels that come to nothing, and why.
 */
record PolicyReport(List<Row> rows, List<String> problems) {
    static final PolicyReport EMPTY = new PolicyReport(List.of(), List.of());

    /**
     * A label that holds for a container.
     *
     * @param from whose label it is, like {@code service web}.
     * @param makes rules of the port, or its rate.
     */
    record Row(
            String container,
            String port,
            String network,
            String from,
            String label,
            String value,
            String makes) {}

    static List<Row> rows(
            final Records.Endpoint endpoint,
            final EngineView.Attached attached,
            final EngineView view,
            final Labels labels) {
        final List<Row> rows = new ArrayList<>();
        final EngineView.Network network = view.networks().get(attached.network());
        labels.origins()
                .forEach(
                        (option, origin) ->
                                rows.add(
                                        new Row(
                                                attached.container(),
                                                endpoint.port(),
                                                network == null ? "?" : network.name(),
                                                origin,
                                                Labels.PREFIX + option,
                                                labels.policy().value(option),
                                                makes(option, labels))));
        return rows;
    }

    private static String makes(final String option, final Labels labels) {
        return option.startsWith("rate-")
                ? option
                : LabelRules.LAYER + option.replace("acl-", ".") + " " + labels.kind(option) + "-*";
    }
}

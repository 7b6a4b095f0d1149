package io.vswitch.containers.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Labels that say what may pass a container's port: those of the container, of its service, of its
 * network, the first that says something; immutable.
 *
 * @param policy what they come to; a null means: not said.
 * @param origins of each option that is said, like {@code service web}.
 */
record Labels(EndpointPolicy policy, Map<String, String> origins) {
    /** Names of labels begin so. */
    static final String PREFIX = "vswitch.";

    /** Of a service: a port of every node that leads to it. */
    static final String PUBLISH = "publish";

    private static final List<String> KNOWN =
            Stream.concat(EndpointPolicy.OPTIONS.stream(), Stream.of(PUBLISH)).toList();

    /** Those of an object of the engine that are meant for the switch, without their prefix. */
    static Map<String, String> of(final JsonNode labels) {
        final Map<String, String> found = new TreeMap<>();
        labels.properties()
                .forEach(
                        label -> {
                            if (label.getKey().startsWith(PREFIX)) {
                                found.put(
                                        label.getKey().substring(PREFIX.length()),
                                        label.getValue().asText());
                            }
                        });
        return found;
    }

    /**
     * Those that hold for a container.
     *
     * @param problems gets a line for each label that isn't known.
     */
    static Labels of(
            final EngineView view,
            final EngineView.Attached attached,
            final List<String> problems) {
        final Map<String, Map<String, String>> sources = new LinkedHashMap<>();
        sources.put("container " + attached.container(), attached.labels());
        final EngineView.Service service =
                view.swarm() == null || attached.service() == null
                        ? null
                        : view.swarm().service(attached.service());
        if (service != null) {
            sources.put("service " + service.name(), service.labels());
        }
        final EngineView.Network network = view.networks().get(attached.network());
        if (network != null) {
            sources.put("network " + network.name(), network.labels());
        }
        final Map<String, String> values = new TreeMap<>();
        final Map<String, String> origins = new TreeMap<>();
        sources.forEach(
                (source, labels) ->
                        labels.forEach(
                                (label, value) -> {
                                    if (isSound(source, label, value, problems)
                                            && values.putIfAbsent(label, value) == null) {
                                        origins.put(label, source);
                                    }
                                }));
        return new Labels(EndpointPolicy.of(values), origins);
    }

    /** Rules are read by the switch alone. */
    private static boolean isSound(
            final String source,
            final String label,
            final String value,
            final List<String> problems) {
        if (!KNOWN.contains(label)) {
            problems.add(unknown(source, label));
            return false;
        }
        try {
            EndpointPolicy.of(Map.of(label, value));
            return !label.equals(PUBLISH);
        } catch (final Refusal e) {
            problems.add("%s, label '%s%s': %s".formatted(source, PREFIX, label, e.getMessage()));
            return false;
        }
    }

    private static String unknown(final String source, final String label) {
        final String nearest = Names.nearest(label, KNOWN);
        return "%s has the unknown label '%s%s'%s; known are %s"
                .formatted(
                        source,
                        PREFIX,
                        label,
                        nearest == null ? "" : ", did you mean '" + PREFIX + nearest + "'?",
                        String.join(", ", KNOWN.stream().map(k -> PREFIX + k).toList()));
    }

    /** Where a label stands, as the first part of its rules' ids: container, service, network. */
    String kind(final String option) {
        final String origin = origins.get(option);
        return origin == null ? "any" : origin.substring(0, origin.indexOf(' '));
    }
}

package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of every node that leads to a service, as the label {@code vswitch.publish} says;
 * immutable.
 *
 * @param network id of the network whose tasks are asked.
 * @param vip the service's virtual address there.
 * @param proto 6 or 17.
 */
record Published(String service, String network, String vip, int hostPort, int port, int proto) {
    private static final Pattern ONE = Pattern.compile("(\\d{1,5}):(\\d{1,5})(?:/(tcp|udp))?");
    private static final int MAX_PORT = 65_535;
    private static final int TCP = 6;
    private static final int UDP = 17;

    /**
     * All of them.
     *
     * @param networks ids of those that can be reached.
     * @param problems gets a line for each label that can't be read, or whose service has no
     *     virtual address.
     */
    static List<Published> of(
            final EngineView view, final List<String> networks, final List<String> problems) {
        final Map<String, String> labels = new TreeMap<>();
        for (final EngineView.Attached attached : view.endpoints().values()) {
            if (attached.service() != null && attached.labels().containsKey(Labels.PUBLISH)) {
                labels.put(attached.service(), attached.labels().get(Labels.PUBLISH));
            }
        }
        final List<Published> all = new ArrayList<>();
        for (final EngineView.Service service : view.swarm().services()) {
            final String label =
                    service.labels().getOrDefault(Labels.PUBLISH, labels.get(service.name()));
            if (label != null) {
                try {
                    all.addAll(of(service, label, networks));
                } catch (final Refusal e) {
                    problems.add(e.getMessage());
                }
            }
        }
        return all;
    }

    private static List<Published> of(
            final EngineView.Service service, final String label, final List<String> networks) {
        final EngineView.Place place =
                service.places().stream()
                        .filter(p -> p.vip() != null && networks.contains(p.network()))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        Refusal.failure(
                                                "service %s has no virtual address on a network of the switch, so label '%s%s' comes to nothing"
                                                        .formatted(
                                                                service.name(),
                                                                Labels.PREFIX,
                                                                Labels.PUBLISH)));
        final List<Published> all = new ArrayList<>();
        for (final String one : label.split(",")) {
            final Matcher match = ONE.matcher(one.strip());
            if (!match.matches() || port(match.group(1)) == 0 || port(match.group(2)) == 0) {
                throw Refusal.usage(
                        "service %s, label '%s%s': '%s'; allowed is HOSTPORT:PORT[/tcp|udp],..."
                                .formatted(service.name(), Labels.PREFIX, Labels.PUBLISH, label));
            }
            all.add(
                    new Published(
                            service.name(),
                            place.network(),
                            place.vip(),
                            port(match.group(1)),
                            port(match.group(2)),
                            "udp".equals(match.group(3)) ? UDP : TCP));
        }
        return all;
    }

    private static int port(final String text) {
        final int port = Integer.parseInt(text);
        return port > MAX_PORT ? 0 : port;
    }

    /** As the holder of the host's ports takes it. */
    Messages.PortMapping mapping() {
        return new Messages.PortMapping(proto, "", port, "", hostPort, hostPort);
    }
}

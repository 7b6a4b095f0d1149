package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Cidr;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code vswitchctl docker status} shows; immutable.
 *
 * @param published one line for each published port.
 */
record Report(List<Network> networks, List<String> published) {
    /** A network and how many endpoints are on it. */
    record Network(String name, String mode, List<String> subnets, int endpoints) {}

    static Report of(final Records records) {
        final List<Network> networks = new ArrayList<>();
        for (final Records.Network network : records.networks().all()) {
            final long endpoints =
                    records.endpoints().all().stream()
                            .filter(endpoint -> endpoint.network().equals(network.id()))
                            .count();
            networks.add(
                    new Network(
                            network.name(),
                            network.options().mode().label(),
                            network.subnets(),
                            (int) endpoints));
        }
        final List<String> published = new ArrayList<>();
        for (final Records.Endpoint endpoint : records.endpoints().all()) {
            for (final Messages.PortMapping port : endpoint.published()) {
                published.add(line(endpoint, port));
            }
        }
        return new Report(networks, published);
    }

    private static String line(final Records.Endpoint endpoint, final Messages.PortMapping port) {
        final boolean any = port.hostIp() == null || port.hostIp().isEmpty();
        return "%s:%d/%s of the host leads to port %d of %s (%s)"
                .formatted(
                        any ? "*" : port.hostIp(),
                        port.hostPort(),
                        HostPorts.protocol(port.proto()),
                        port.port(),
                        endpoint.addresses().isEmpty()
                                ? "?"
                                : Cidr.parse("address", endpoint.addresses().get(0)).ip(),
                        endpoint.port());
    }
}

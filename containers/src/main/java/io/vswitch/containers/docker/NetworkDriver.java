package io.vswitch.containers.docker;

import io.vswitch.containers.docker.Messages.Created;
import io.vswitch.containers.docker.Messages.Interface;
import io.vswitch.containers.docker.Messages.InterfaceName;
import io.vswitch.containers.docker.Messages.Joined;
import io.vswitch.containers.docker.Messages.Pool;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The network driver: what each call of the engine means for the switch. Any thread may call, one at
 * a time works.
 *
 * <p>The engine repeats a call whose answer got lost, and never tells again what it told once. So a
 * call writes down first what it will do, does it, and may find it done already.
 */
final class NetworkDriver {
    /** The engine shows the first 12 digits of an id. */
    private static final int SHORT_ID = 12;

    private static final int DEVICE_ID = 11;
    private static final byte[] DOCKERS_MAC = {0x02, 0x42};

    private final Records records;
    private final SwitchClient vswitch;

    NetworkDriver(final Records records, final SwitchClient vswitch) {
        this.records = records;
        this.vswitch = vswitch;
    }

    synchronized void createNetwork(final Messages.CreateNetwork request) throws IOException {
        final Records.Network before = records.networks().get(checkId(request.networkID()));
        final Records.Network network = network(request);
        if (before != null && !before.equals(network)) {
            throw Refusal.failure("network " + network.name() + " is there with other settings");
        }
        records.networks().put(network.id(), network);
        try {
            vswitch.apply(wanted(network));
        } catch (final RuntimeException e) {
            if (before == null) {
                records.networks().remove(network.id());
            }
            throw e;
        }
    }

    private static Records.Network network(final Messages.CreateNetwork request) {
        final NetworkOptions options = NetworkOptions.parse(request.options());
        final List<Pool> pools =
                Stream.concat(request.ipv4().stream(), request.ipv6().stream()).toList();
        return new Records.Network(
                request.networkID(),
                "docker-" + shortened(request.networkID(), SHORT_ID),
                options,
                pools.stream().map(Pool::pool).toList(),
                options.mode() == Mode.INTERNAL
                        ? List.of()
                        : pools.stream().map(Pool::gateway).filter(Objects::nonNull).toList());
    }

    /** The changes that make a network which isn't there yet. */
    private List<Change> wanted(final Records.Network network) {
        final List<Change> changes = new ArrayList<>();
        if (!vswitch.networks().containsKey(network.name())) {
            final String first = network.subnets().isEmpty() ? null : network.subnets().get(0);
            changes.add(SwitchClient.addNetwork(network.name(), first));
        }
        return changes;
    }

    synchronized void deleteNetwork(final Messages.Reference request) throws IOException {
        final Records.Network network = records.networks().get(request.networkID());
        if (network == null) {
            return;
        }
        if (vswitch.networks().containsKey(network.name())) {
            vswitch.apply(List.of(new NetworkChange.Delete(network.name())));
        }
        records.networks().remove(network.id());
    }

    synchronized Created createEndpoint(final Messages.CreateEndpoint request)
            throws IOException {
        final Records.Network network = network(request.networkID());
        final Records.Endpoint before = records.endpoints().get(checkId(request.endpointID()));
        final Records.Endpoint endpoint = before != null ? before : endpoint(request, network);
        records.endpoints().put(endpoint.id(), endpoint);
        try {
            if (before == null || !vswitch.ports().containsKey(endpoint.port())) {
                vswitch.apply(List.of(SwitchClient.addEndpoint(endpoint, network)));
            }
        } catch (final RuntimeException e) {
            if (before == null) {
                records.endpoints().remove(endpoint.id());
            }
            throw e;
        }
        final boolean given = isGiven(request.device().macAddress());
        return new Created(new Interface(null, null, given ? null : endpoint.mac()));
    }

    private static Records.Endpoint endpoint(
            final Messages.CreateEndpoint request, final Records.Network network) {
        final Interface device = request.device();
        final List<String> addresses =
                Stream.of(device.address(), device.ipv6())
                        .filter(NetworkDriver::isGiven)
                        .map(address -> Cidr.parse("address", address).toString())
                        .toList();
        return new Records.Endpoint(
                request.endpointID(),
                network.id(),
                "vd" + shortened(request.endpointID(), DEVICE_ID),
                isGiven(device.macAddress())
                        ? Mac.format(Mac.parseUnicast(device.macAddress()))
                        : mac(addresses),
                addresses,
                null,
                List.of());
    }

    /** As Docker's bridge makes them: whoever knows the address knows the MAC. */
    private static String mac(final List<String> addresses) {
        if (addresses.isEmpty() || !Cidr.parse("address", addresses.get(0)).ip().isV4()) {
            return Mac.random();
        }
        final byte[] ip = Cidr.parse("address", addresses.get(0)).ip().bytes();
        long mac = 0;
        for (final byte[] part : List.of(DOCKERS_MAC, ip)) {
            for (final byte b : part) {
                mac = mac << 8 | b & 0xff;
            }
        }
        return Mac.format(mac);
    }

    synchronized Joined join(final Messages.Join request) throws IOException {
        final Records.Endpoint endpoint = endpoint(request.networkID(), request.endpointID());
        final Records.Network network = network(request.networkID());
        vswitch.apply(List.of(new PortChange.HandOver(endpoint.port(), request.sandboxKey())));
        records.endpoints().put(endpoint.id(), endpoint.in(request.sandboxKey()));
        return new Joined(
                new InterfaceName(endpoint.port(), "eth"),
                gateway(network, true),
                gateway(network, false),
                true);
    }

    private static String gateway(final Records.Network network, final boolean v4) {
        return network.gateways().stream()
                .map(gateway -> Cidr.parse("gateway", gateway).ip())
                .filter(ip -> ip.isV4() == v4)
                .map(Object::toString)
                .findFirst()
                .orElse(null);
    }

    synchronized void leave(final Messages.Reference request) throws IOException {
        final Records.Endpoint endpoint = records.endpoints().get(request.endpointID());
        if (endpoint == null) {
            return;
        }
        vswitch.apply(List.of(new PortChange.HandOver(endpoint.port(), null)));
        records.endpoints().put(endpoint.id(), endpoint.in(null));
    }

    synchronized void deleteEndpoint(final Messages.Reference request) throws IOException {
        final Records.Endpoint endpoint = records.endpoints().get(request.endpointID());
        if (endpoint == null) {
            return;
        }
        if (vswitch.ports().containsKey(endpoint.port())) {
            vswitch.apply(List.of(new PortChange.Delete(endpoint.port())));
        }
        records.endpoints().remove(endpoint.id());
    }

    private Records.Network network(final String id) {
        final Records.Network network = records.networks().get(id);
        if (network == null) {
            throw Refusal.failure(
                    "network %s is not known to the switch; remove it and create it again"
                            .formatted(shortened(id, SHORT_ID)));
        }
        return network;
    }

    private Records.Endpoint endpoint(final String network, final String id) {
        final Records.Endpoint endpoint = records.endpoints().get(id);
        if (endpoint == null || !endpoint.network().equals(network)) {
            throw Refusal.failure(
                    "endpoint %s is not on network %s"
                            .formatted(shortened(id, SHORT_ID), shortened(network, SHORT_ID)));
        }
        return endpoint;
    }

    private static boolean isGiven(final String text) {
        return text != null && !text.isEmpty();
    }

    /** Ids become names of files and devices. */
    private static String checkId(final String id) {
        if (id == null || !id.matches("[0-9A-Za-z]{12,64}")) {
            throw Refusal.usage("id '" + id + "'; allowed are 12 to 64 letters and digits");
        }
        return id;
    }

    private static String shortened(final String id, final int length) {
        return id == null || id.length() < length ? String.valueOf(id) : id.substring(0, length);
    }
}

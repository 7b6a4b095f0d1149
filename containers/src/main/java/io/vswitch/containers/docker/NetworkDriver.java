package io.vswitch.containers.docker;

import io.vswitch.containers.SwitchClient;
import io.vswitch.containers.docker.Messages.Created;
import io.vswitch.containers.docker.Messages.Interface;
import io.vswitch.containers.docker.Messages.InterfaceName;
import io.vswitch.containers.docker.Messages.Joined;
import io.vswitch.containers.docker.Messages.Pool;
import io.vswitch.containers.docker.Messages.PortMapping;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortType;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network driver: what each call of the engine means for the switch. Any thread may call, one
 * at a time works.
 *
 * <p>The engine repeats a call whose answer got lost, and never tells again what it told once. So a
 * call writes down first what it will do, does it, and may find it done already.
 */
final class NetworkDriver {
    /** The engine's name for this driver where it serves networks of a swarm. */
    static final String SWARM_NAME = "vswitch:swarm";

    private static final Logger LOG = LoggerFactory.getLogger(NetworkDriver.class);

    /** The engine shows the first 12 digits of an id. */
    private static final int SHORT_ID = 12;

    private static final int DEVICE_ID = 11;
    private static final byte[] DOCKERS_MAC = {0x02, 0x42};

    private final Records records;
    private final SwitchClient vswitch;
    private final HostNetwork host;
    private boolean isTidy;

    NetworkDriver(final Records records, final SwitchClient vswitch, final HostNetwork host) {
        this.records = records;
        this.vswitch = vswitch;
        this.host = host;
    }

    /**
     * A network comes.
     *
     * @param swarm it is the swarm's.
     * @param directoryKey secret of the swarm's endpoint directory, or null.
     */
    synchronized void createNetwork(
            final Messages.CreateNetwork request, final boolean swarm, final String directoryKey)
            throws IOException {
        final Records.Network network = network(request, swarm, directoryKey);
        if (swarm) {
            forgetOther(network);
        }
        final Records.Network before = records.networks().get(network.id());
        if (before != null && !before.equals(network)) {
            throw Refusal.failure("network " + network.name() + " is there with other settings");
        }
        records.networks().put(network.id(), network);
        try {
            vswitch.apply(Reconciliation.missing(network, vswitch.state()));
            host.update();
        } catch (final RuntimeException e) {
            if (before == null) {
                forget(network);
            }
            throw e;
        }
    }

    /**
     * The swarm has changed its mind, or this node its address, while nothing is on the network.
     */
    private void forgetOther(final Records.Network network) throws IOException {
        final Records.Network before = records.networks().get(network.id());
        if (before != null
                && !before.equals(network)
                && records.endpoints().all().stream()
                        .noneMatch(endpoint -> endpoint.network().equals(network.id()))) {
            forget(before);
        }
    }

    private static Records.Network network(
            final Messages.CreateNetwork request, final boolean swarm, final String directoryKey) {
        final NetworkOptions options = NetworkOptions.parse(request.options());
        final List<Pool> pools =
                Stream.concat(request.ipv4().stream(), request.ipv6().stream()).toList();
        return new Records.Network(
                checkId(request.networkID()),
                Records.NAME_PREFIX + shortened(request.networkID(), SHORT_ID),
                options,
                pools.stream().map(Pool::pool).toList(),
                options.internal() || options.mode() == Mode.OVERLAY
                        ? List.of()
                        : pools.stream().map(Pool::gateway).filter(Objects::nonNull).toList(),
                swarm,
                directoryKey);
    }

    synchronized void deleteNetwork(final Messages.Reference request) throws IOException {
        final Records.Network network = records.networks().get(request.networkID());
        if (network != null) {
            forget(network);
        }
    }

    /** The engine has it no more, without having said so. */
    synchronized void forgetNetwork(final String id) {
        try {
            deleteNetwork(new Messages.Reference(id, null));
        } catch (final IOException e) {
            LOG.warn("network {}: {}", id, e.getMessage());
        }
    }

    private void forget(final Records.Network network) throws IOException {
        host.close(network);
        records.networks().remove(network.id());
        tidyLater(() -> vswitch.apply(Reconciliation.superfluous(records, vswitch.state())));
        tidyLater(host::update);
    }

    /** What the engine wants gone is gone for it, even if it takes longer to be so. */
    private void tidyLater(final Runnable removal) {
        try {
            removal.run();
        } catch (final RuntimeException e) {
            LOG.warn("tried again later: {}", e.getMessage());
            isTidy = false;
        }
    }

    synchronized Created createEndpoint(final Messages.CreateEndpoint request) throws IOException {
        final Records.Network network = network(request.networkID());
        final Records.Endpoint before = records.endpoints().get(checkId(request.endpointID()));
        final Records.Endpoint endpoint = before != null ? before : endpoint(request, network);
        records.endpoints().put(endpoint.id(), endpoint);
        try {
            if (before == null || !vswitch.state().ports().containsKey(endpoint.port())) {
                vswitch.apply(Ports.addEndpoint(endpoint, network));
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
                Records.PORT_PREFIX + shortened(request.endpointID(), DEVICE_ID),
                isGiven(device.macAddress())
                        ? Mac.format(Mac.parseUnicast(device.macAddress()))
                        : mac(addresses),
                addresses,
                null,
                List.of(),
                NetworkOptions.ofEndpoint(request.options()).over(network.options().policy()));
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
                network.options().mode() != Mode.OVERLAY || network.options().internal());
    }

    private static String gateway(final Records.Network network, final boolean v4) {
        return network.gateways().stream()
                .map(gateway -> Cidr.parse("gateway", gateway).ip())
                .filter(ip -> ip.isV4() == v4)
                .map(Object::toString)
                .findFirst()
                .orElse(null);
    }

    synchronized void publish(final Messages.Publish request) throws IOException {
        final Records.Endpoint endpoint = endpoint(request.networkID(), request.endpointID());
        final List<PortMapping> wanted = request.ports();
        if (wanted.isEmpty()) {
            return;
        }
        if (network(request.networkID()).options().mode() != Mode.NAT) {
            throw Refusal.failure("ports can be published from networks of mode=nat only");
        }
        final Records.Endpoint publishing = endpoint.publishing(host.take(endpoint.id(), wanted));
        records.endpoints().put(endpoint.id(), publishing);
        host.update();
    }

    synchronized void withdraw(final Messages.Reference request) throws IOException {
        final Records.Endpoint endpoint = records.endpoints().get(request.endpointID());
        if (endpoint != null && !endpoint.published().isEmpty()) {
            records.endpoints().put(endpoint.id(), endpoint.publishing(List.of()));
            host.release(endpoint.id());
            tidyLater(host::update);
        }
    }

    synchronized void deleteEndpoint(final Messages.Reference request) throws IOException {
        final Records.Endpoint endpoint = records.endpoints().get(request.endpointID());
        if (endpoint != null) {
            forget(endpoint);
        }
    }

    private void forget(final Records.Endpoint endpoint) throws IOException {
        records.endpoints().remove(endpoint.id());
        host.release(endpoint.id());
        tidyLater(() -> vswitch.apply(List.of(new PortChange.Delete(endpoint.port()))));
        tidyLater(host::update);
    }

    /** Holds the ports that were published before, and sets the host's rules. */
    synchronized void start() {
        host.hold();
        tidyLater(host::update);
    }

    /**
     * Compares the records with what the switch and the host have, and mends the switch and the
     * host.
     *
     * @param thoroughly also when nothing is known to be amiss.
     */
    synchronized void tidy(final boolean thoroughly) {
        if (isTidy && !thoroughly) {
            return;
        }
        isTidy = true;
        tidyLater(this::mend);
        if (thoroughly) {
            host.hold();
            host.forget();
        }
        tidyLater(host::update);
    }

    /** What there is. */
    synchronized Report report() {
        return Report.of(records);
    }

    /** What the switch lacks, and has too much, of what the records say. */
    synchronized List<Audit.Difference> differences() {
        final SwitchClient.State state = vswitch.state();
        final List<Audit.Difference> all = new ArrayList<>();
        for (final Records.Endpoint dead : Reconciliation.dead(records, state)) {
            all.add(new Audit.Difference(dead.port(), "its container is gone"));
        }
        for (final List<Change> step : Reconciliation.steps(records, state)) {
            all.add(Reconciliation.described(step.get(0)));
        }
        for (final Records.Endpoint endpoint : records.endpoints().all()) {
            final Views.Port port = state.ports().get(endpoint.port());
            if (port != null && port.state().equals("gone")) {
                all.add(Audit.gone(port));
            }
        }
        all.addAll(host.differences());
        return all;
    }

    private void mend() {
        final SwitchClient.State state = vswitch.state();
        for (final Records.Endpoint dead : Reconciliation.dead(records, state)) {
            LOG.info("port {} went with its container", dead.port());
            try {
                forget(dead);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        for (final List<Change> step : Reconciliation.steps(records, vswitch.state())) {
            LOG.info("mending: {}", step);
            tidyLater(() -> mend(step));
        }
    }

    /** A device may be left that the switch knows nothing of, because its state was lost. */
    private void mend(final List<Change> step) {
        final Change change = step.get(0);
        if (change instanceof PortChange.Add add && add.port().type() == PortType.TAP) {
            if (add.port().handover() == null || add.port().handover().netns() == null) {
                host.removeDevice(add.port().device());
            }
        }
        vswitch.apply(step);
        if (change instanceof PortChange.Delete delete) {
            host.removeDevice(delete.name());
        }
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

    /** Names of pools become names of files. */
    static String checkName(final String name) {
        if (name == null || !name.matches("vswitch-[0-9a-z._-]{1,80}")) {
            throw Refusal.usage("pool '%s' is not one of vswitch".formatted(name));
        }
        return name;
    }

    /** Ids become names of files and devices. */
    static String checkId(final String id) {
        if (id == null || !id.matches("[0-9A-Za-z]{12,64}")) {
            throw Refusal.usage("id '" + id + "'; allowed are 12 to 64 letters and digits");
        }
        return id;
    }

    private static String shortened(final String id, final int length) {
        return id == null || id.length() < length ? String.valueOf(id) : id.substring(0, length);
    }
}

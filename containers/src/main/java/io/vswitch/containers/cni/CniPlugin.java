package io.vswitch.containers.cni;

import com.fasterxml.jackson.databind.JsonNode;
import io.vswitch.containers.SwitchClient;
import io.vswitch.core.guard.RateLimit;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.Limits;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.ctl.state.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What each CNI command means for the switch. It keeps nothing: a port's name follows from the
 * container and the interface, all else is in vswitchd. Any thread.
 */
final class CniPlugin {
    private static final int DEFAULT_MTU = 1500;

    /** Names of containers' ports. */
    private static final String CONTAINERS = "vc[0-9a-f]{11}";

    private final SwitchClient vswitch;

    CniPlugin(final SwitchClient vswitch) {
        this.vswitch = vswitch;
    }

    /**
     * Carries a call out.
     *
     * @return what to print as JSON, or null for nothing.
     * @throws CniException with what to print instead.
     */
    Object run(final Call call) {
        try {
            return switch (call.command()) {
                case "ADD" -> add(call);
                case "DEL" -> delete(call);
                case "CHECK" -> check(call);
                case "GC" -> collect(call);
                case "STATUS" -> status(call);
                default ->
                        throw new CniException(
                                CniException.BAD_ENVIRONMENT,
                                "CNI_COMMAND '%s'; known are ADD, DEL, CHECK, GC, STATUS, VERSION"
                                        .formatted(call.command()));
            };
        } catch (final Refusal e) {
            throw new CniException(CniException.REFUSED, e.getMessage());
        }
    }

    private Object add(final Call call) {
        final String port = call.port();
        call.namespace();
        call.network();
        final AddressPlugin ipam = new AddressPlugin(call);
        final JsonNode assigned = ipam.run("ADD");
        try {
            final Result result = new Result(call, assigned);
            attach(call, port, result);
            return result.toJson();
        } catch (final RuntimeException e) {
            // Whatever failed, the address is free again; why ADD failed matters more.
            quietly(() -> ipam.run("DEL"));
            throw e;
        }
    }

    /** Calls for other containers wait meanwhile: they may need the same gateway. */
    private synchronized void attach(final Call call, final String port, final Result result) {
        final List<PublishedPort> published = PublishedPort.of(call);
        HostSide.requireFree(published);
        final Gateway gateway = Gateway.of(call, result);
        vswitch.apply(changes(call, port, result, gateway));
        try {
            if (gateway != null) {
                gateway.open();
            }
            HostSide.publish(port, published, result.addresses());
        } catch (final RuntimeException e) {
            remove(port);
            throw e;
        }
    }

    private List<Change> changes(
            final Call call, final String port, final Result result, final Gateway gateway) {
        final List<Change> changes = new ArrayList<>();
        final String network = call.network();
        final SwitchClient.State state = vswitch.state();
        if (!state.networks().containsKey(network)) {
            changes.add(SwitchClient.addNetwork(network, call.text("subnet"), null));
        }
        if (gateway != null) {
            gateway.addTo(changes, network, state);
        }
        final String guard = call.text("guard");
        changes.add(
                new PortChange.Add(
                        new PortSpec(
                                port,
                                PortType.TAP,
                                network,
                                call.namespace(),
                                null,
                                call.device(),
                                result.mac(),
                                result.addresses(),
                                result.routes(),
                                mtu(call),
                                true,
                                true,
                                guard == null ? null : Guards.parse(guard),
                                limits(call),
                                null)));
        return changes;
    }

    /** MTU of the interface: asked for, or the usual one. */
    static int mtu(final Call call) {
        final String text = call.text("mtu");
        if (text == null) {
            return DEFAULT_MTU;
        }
        if (!text.matches("\\d{1,6}")) {
            throw new CniException(
                    CniException.BAD_CONFIGURATION, "mtu '" + text + "'; allowed is a number");
        }
        return Integer.parseInt(text);
    }

    /** Bits a second and bits of burst, as the runtime's capability {@code bandwidth} has them. */
    private static Limits limits(final Call call) {
        final Limits limits = Limits.ofRates(rate(call, "ingress"), rate(call, "egress"));
        return limits.equals(Limits.DEFAULT) ? null : limits;
    }

    private static String rate(final Call call, final String direction) {
        final String rate = call.text("runtimeConfig", "bandwidth", direction + "Rate");
        if (rate == null || rate.equals("0")) {
            return null;
        }
        final String burst = call.text("runtimeConfig", "bandwidth", direction + "Burst");
        return rate + "bit" + (burst == null || burst.equals("0") ? "" : burst(burst));
    }

    /** Bits, as many as the switch can count at most. */
    private static String burst(final String bits) {
        if (!bits.matches("\\d{1,18}")) {
            throw new CniException(
                    CniException.BAD_CONFIGURATION,
                    "bandwidth burst '" + bits + "'; allowed is a number of bits");
        }
        final long bytes = (Long.parseLong(bits) + Byte.SIZE - 1) / Byte.SIZE;
        return " burst " + Math.min(RateLimit.MAX_BURST, bytes);
    }

    private Object delete(final Call call) {
        detach(call.port(), call);
        quietly(() -> new AddressPlugin(call).run("DEL"));
        return null;
    }

    private synchronized void detach(final String port, final Call call) {
        remove(port);
        final String name = call.configuration().path("name").asText("");
        if (!name.isEmpty()) {
            removeGateway(call.network());
        }
    }

    private void remove(final String port) {
        HostSide.remove(port);
        if (vswitch.state().ports().containsKey(port)) {
            vswitch.apply(List.of(new PortChange.Delete(port)));
        }
    }

    /** With the last container the host leaves the network too. */
    private void removeGateway(final String network) {
        final String gateway = Gateway.name(network);
        final SwitchClient.State state = vswitch.state();
        final boolean isUsed =
                state.ports().values().stream()
                        .anyMatch(p -> network.equals(p.network()) && p.name().matches(CONTAINERS));
        if (!isUsed && state.ports().containsKey(gateway)) {
            remove(gateway);
        }
    }

    private Object check(final Call call) {
        final Views.Port port = vswitch.state().ports().get(call.port());
        if (port == null || !port.state().equals("up")) {
            throw new CniException(
                    CniException.REFUSED,
                    "interface %s of container %s %s"
                            .formatted(
                                    call.device(),
                                    call.required("CNI_CONTAINERID"),
                                    port == null
                                            ? "has no port " + call.port()
                                            : "is " + port.state() + ": " + port.problem()));
        }
        for (final JsonNode ip : call.configuration().path("prevResult").path("ips")) {
            final String address = ip.path("address").asText();
            final boolean ours = ip.path("interface").asInt(-1) == 0;
            if (ours && !port.addresses().contains(address)) {
                throw new CniException(
                        CniException.REFUSED,
                        "port %s has %s, not %s".formatted(port.name(), port.addresses(), address));
            }
        }
        new AddressPlugin(call).run("CHECK");
        return null;
    }

    /** Removes the ports of this network that no container of the list has. */
    private Object collect(final Call call) {
        final Set<String> valid = new HashSet<>();
        for (final JsonNode attachment : call.configuration().path("cni.dev/valid-attachments")) {
            valid.add(
                    Call.port(
                            attachment.path("containerID").asText(),
                            attachment.path("ifname").asText()));
        }
        for (final Views.Port port : vswitch.state().ports().values()) {
            if (call.network().equals(port.network())
                    && port.name().matches(CONTAINERS)
                    && !valid.contains(port.name())) {
                detach(port.name(), call);
            }
        }
        quietly(() -> new AddressPlugin(call).run("GC"));
        return null;
    }

    private Object status(final Call call) {
        try {
            vswitch.state();
        } catch (final Refusal e) {
            throw new CniException(CniException.NOT_AVAILABLE, e.getMessage());
        }
        call.network();
        return null;
    }

    /**
     * For what must not make a call fail: an address plugin may know neither the container nor GC.
     */
    private static void quietly(final Runnable task) {
        try {
            task.run();
        } catch (final CniException e) {
            org.slf4j.LoggerFactory.getLogger(CniPlugin.class).warn("{}", e.getMessage());
        }
    }

    /** A MAC as the runtime asks for it, or a random one. */
    static String mac(final Call call) {
        final String asked = call.text("runtimeConfig", "mac");
        return asked == null || asked.isEmpty()
                ? Mac.random()
                : Mac.format(Mac.parseUnicast(asked));
    }

    /** A route of an address plugin, through the gateway if it names none. */
    static Route route(final JsonNode route, final String gateway) {
        final String via = route.path("gw").asText("");
        if (via.isEmpty() && gateway == null) {
            throw new CniException(
                    CniException.BAD_CONFIGURATION,
                    "route to %s has no gateway".formatted(route.path("dst").asText()));
        }
        return Route.parse(route.path("dst").asText() + "=" + (via.isEmpty() ? gateway : via));
    }
}

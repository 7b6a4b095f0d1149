package io.vswitch.containers.docker;

import io.vswitch.containers.Command;
import io.vswitch.containers.SwitchClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Published ports of services, on this node for the tasks of all; the watcher's thread.
 *
 * <pre>
 *   client -> node:8080    the kernel: dnat to VIP:80, out of the device vm... into the network
 *                          the switch: balance, to a task on this node or another
 *   task -> client         the task's namespace: what comes from the task's address stays on the
 *                          network; its port's switch: back to the MAC the request came from
 *                          this node: both translations are taken back
 * </pre>
 */
final class Mesh {
    private static final Logger LOG = LoggerFactory.getLogger(Mesh.class);
    private static final int ROUTES = 7_842;

    private final Records records;
    private final SwitchClient vswitch;
    private final SwarmCalls swarm;
    private final HostPorts held = new HostPorts();
    private final Set<Published> taken = new HashSet<>();

    /** Networks that are here for published ports alone. */
    private final Set<String> joined = new HashSet<>();

    private final Set<String> routed = new HashSet<>();
    private String loaded = "";

    Mesh(final Records records, final SwitchClient vswitch, final SwarmCalls swarm) {
        this.records = records;
        this.vswitch = vswitch;
        this.swarm = swarm;
    }

    /** Name of a network's port and device on the host. */
    static String device(final Records.Network network) {
        return "vm" + network.name().substring(Records.NAME_PREFIX.length());
    }

    /** Makes what must be there before the switch has its rules; returns what is published. */
    List<Published> prepare(
            final EngineView view, final boolean thoroughly, final List<String> problems)
            throws IOException {
        final List<String> reachable = new ArrayList<>();
        records.networks().all().stream()
                .filter(Records.Network::swarm)
                .forEach(network -> reachable.add(network.id()));
        view.swarm().overlays().forEach(overlay -> reachable.add(overlay.id()));
        final List<Published> published = Published.of(view, reachable, problems);
        final Set<String> wanted = new TreeSet<>();
        for (final Published one : published) {
            wanted.add(one.network());
            if (records.networks().get(one.network()) == null) {
                join(view, one.network());
            }
        }
        leave(wanted);
        published.removeIf(one -> !hold(one, problems));
        release(published);
        final Set<String> devices = ports(wanted);
        host(published, devices, thoroughly);
        return published;
    }

    /** A node without a task on the network comes to it, as it would with one. */
    private void join(final EngineView view, final String id) throws IOException {
        for (final EngineView.Overlay overlay : view.swarm().overlays()) {
            if (overlay.id().equals(id)) {
                swarm.join(overlay.request());
                joined.add(id);
            }
        }
    }

    private void leave(final Set<String> wanted) {
        for (final String id : List.copyOf(joined)) {
            final boolean used =
                    records.endpoints().all().stream().anyMatch(e -> e.network().equals(id));
            if (used) {
                joined.remove(id);
            } else if (!wanted.contains(id)) {
                joined.remove(id);
                swarm.leave(id);
            }
        }
    }

    private boolean hold(final Published one, final List<String> problems) {
        if (taken.contains(one)) {
            return true;
        }
        try {
            held.take(one.toString(), List.of(one.mapping()));
            taken.add(one);
            return true;
        } catch (final Refusal e) {
            problems.add("service " + one.service() + ": " + e.getMessage());
            return false;
        }
    }

    private void release(final List<Published> published) {
        for (final Published one : List.copyOf(taken)) {
            if (!published.contains(one)) {
                held.release(one.toString());
                taken.remove(one);
            }
        }
    }

    /** The networks' ports on the host; returns their devices. */
    private Set<String> ports(final Set<String> wanted) {
        final SwitchClient.State state = vswitch.state();
        final Set<String> devices = new TreeSet<>();
        for (final Records.Network network : records.networks().all()) {
            if (wanted.contains(network.id())) {
                devices.add(device(network));
                if (!state.ports().containsKey(device(network))) {
                    vswitch.apply(List.of(Ports.addHostPort(device(network), network, List.of())));
                    LOG.info("port {} for published ports", device(network));
                }
            }
        }
        for (final Views.Port port : state.ports().values()) {
            if (port.name().matches("vm[0-9a-zA-Z]{12}") && !devices.contains(port.name())) {
                vswitch.apply(List.of(new PortChange.Delete(port.name())));
                HostNetwork.refuse(port.name());
            }
        }
        return devices;
    }

    private void host(
            final List<Published> published, final Set<String> devices, final boolean thoroughly) {
        final String script = published.isEmpty() ? "" : MeshRules.script(published, devices);
        if (script.equals(loaded) && !thoroughly) {
            return;
        }
        if (script.isEmpty()) {
            if (!loaded.isEmpty()) {
                Command.succeeds(List.of("nft", "delete", "table", "inet", MeshRules.TABLE));
            }
            loaded = script;
            return;
        }
        HostNetwork.set("ipv4/ip_forward");
        for (final String device : devices) {
            HostNetwork.set("ipv4/conf/" + device + "/route_localnet");
            HostNetwork.accept(device);
        }
        for (final Published one : published) {
            Command.run(
                    List.of(
                            "ip",
                            "route",
                            "replace",
                            one.vip() + "/32",
                            "dev",
                            device(records.networks().get(one.network()))),
                    "");
        }
        Command.run(List.of("nft", "-f", "-"), script);
        loaded = script;
    }

    /** Has answers of this node's tasks stay on their network. */
    void route(final EngineView view, final List<Published> published) {
        for (final Records.Endpoint endpoint : records.endpoints().all()) {
            final Published one = of(view, endpoint, published);
            if (one != null
                    && endpoint.sandbox() != null
                    && routed.add(endpoint.id() + one.vip())) {
                route(endpoint, one, records.networks().get(endpoint.network()));
            }
        }
    }

    /** By which port of the hosts an endpoint is reached, or null. */
    static Published of(
            final EngineView view,
            final Records.Endpoint endpoint,
            final List<Published> published) {
        final EngineView.Attached attached = view.endpoints().get(endpoint.id());
        return attached == null
                ? null
                : published.stream()
                        .filter(one -> one.service().equals(attached.service()))
                        .filter(one -> one.network().equals(endpoint.network()))
                        .findFirst()
                        .orElse(null);
    }

    private static void route(
            final Records.Endpoint endpoint, final Published one, final Records.Network network) {
        final String ip = endpoint.addresses().get(0).replaceFirst("/.*", "");
        final String script =
                """
                set -e
                dev=$(ip -o -4 addr show to %1$s | { read -r n d rest; echo "$d"; })
                ip route replace %2$s dev "$dev" table %3$d
                ip route replace default via %4$s dev "$dev" onlink table %3$d
                ip rule list | grep -q "from %1$s lookup %3$d" || ip rule add from %1$s lookup %3$d
                """
                        .formatted(ip, network.subnets().get(0), ROUTES, one.vip());
        try {
            Command.run(List.of("nsenter", "--net=" + endpoint.sandbox(), "sh", "-c", script), "");
        } catch (final Refusal e) {
            LOG.warn("answers of {} don't stay on its network: {}", ip, e.getMessage());
        }
    }
}

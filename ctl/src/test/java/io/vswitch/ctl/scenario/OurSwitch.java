package io.vswitch.ctl.scenario;

import io.vswitch.ctl.cli.Run;
import io.vswitch.ctl.daemon.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** vswitchd in a process of its own, told what to do through its control API alone. */
final class OurSwitch implements SwitchUnderTest {
    private static final List<String> BLOCKED = List.of("policy-blocked", "layer-default");

    private final Path directory;
    private DaemonProcess daemon;
    private final StringBuilder ports = new StringBuilder();
    private final String[] namespaces = new String[Endpoint.values().length];
    private int logRead;

    OurSwitch(final Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        daemon = new DaemonProcess(directory);
    }

    @Override
    public void attach(final Endpoint endpoint, final String namespace) throws IOException {
        namespaces[endpoint.ordinal()] = namespace;
        applyPorts(Policy.open(), endpoint.number());
    }

    @Override
    public void apply(final Policy policy) throws IOException {
        applyPorts(policy, namespaces.length);
    }

    private void applyPorts(final Policy policy, final int count) throws IOException {
        final StringBuilder text = new StringBuilder();
        pools(text, policy);
        balancers(text, policy);
        text.append("ports:\n");
        Stream.of(Endpoint.values()).limit(count).forEach(e -> port(text, policy, e));
        final Path file = directory.resolve("policy.yaml");
        Files.writeString(file, text);
        daemon.run("apply -f " + file).ok();
    }

    private static void pools(final StringBuilder text, final Policy policy) {
        text.append("pools: {");
        policy.pools()
                .forEach(
                        (name, pool) -> {
                            final int colon = pool.lastIndexOf(':');
                            text.append(
                                    "%s: {addresses: ['%s'], ports: '%s'},"
                                            .formatted(
                                                    name,
                                                    pool.substring(0, colon)
                                                            .replaceAll("[\\[\\]]", ""),
                                                    pool.substring(colon + 1)));
                        });
        text.append("}\n");
    }

    private static void balancers(final StringBuilder text, final Policy policy) {
        text.append("load-balancers: {");
        policy.balancers()
                .forEach(
                        (name, balancer) ->
                                text.append(name)
                                        .append(": {affinity: " + balancer.affinity())
                                        .append(", backends: [")
                                        .append(
                                                balancer.backends().stream()
                                                        .map(OurSwitch::backend)
                                                        .collect(Collectors.joining(",")))
                                        .append("]},"));
        text.append("}\n");
    }

    private static String backend(final Policy.Backend backend) {
        return "{backend: '%s', weight: %d, state: %s}"
                .formatted(backend.address(), backend.weight(), backend.state());
    }

    private void port(final StringBuilder text, final Policy policy, final Endpoint endpoint) {
        text.append(
                "  %s: {netns: %s, mac: '%s', addresses: [%s/24, '%s/64'], guards: %s, mtu: %d, layers: {"
                        .formatted(
                                endpoint.port(),
                                namespaces[endpoint.ordinal()],
                                endpoint.mac(),
                                endpoint.ip(),
                                endpoint.ip6(),
                                policy.guards(endpoint),
                                endpoint.mtu()));
        int priority = 100;
        for (final Policy.Layer layer : policy.layers(endpoint)) {
            text.append(
                    "\n    %s: {priority: %d, default: %s, stateful: %s, groups: {out: {%s}, in: {%s}}},"
                            .formatted(
                                    layer.name,
                                    priority++,
                                    layer.blocking ? "block" : "allow",
                                    layer.stateful,
                                    rules(layer.out),
                                    rules(layer.in)));
        }
        text.append("}}\n");
    }

    private static String rules(final List<String> rules) {
        return Stream.concat(Stream.of("allow ethertype 0x88b5"), rules.stream())
                .map(rule -> "'" + rule + "'")
                .collect(Collectors.joining(", ", "rules: [", "]"));
    }

    /** Connections go with their layers when the scenario's policy goes. */
    @Override
    public void forget() {
        daemon.run("flows kill --all").ok();
    }

    /** What it has learned is in force for the next packet. */
    @Override
    public void converge() {}

    @Override
    public boolean explains(final Endpoint from, final Packet packet, final Endpoint to) {
        final boolean icmp = packet.protocol().equals("icmp");
        final String text =
                "explain %s %s %s%s > %s%s%s"
                        .formatted(
                                from.port(),
                                packet.protocol(),
                                packet.source().ip(),
                                icmp ? "" : ":40000",
                                packet.destination().ip(),
                                icmp ? "" : ":" + packet.port(),
                                packet.protocol().equals("tcp") ? " syn" : "");
        return daemon.run(text)
                .ok()
                .out()
                .lines()
                .anyMatch(line -> line.matches("result +sent to (.*, )?" + to.port() + "(,.*)?"));
    }

    @Override
    public long blocked() {
        return daemon.run("drops")
                .ok()
                .out()
                .lines()
                .map(line -> line.split(" +"))
                .filter(words -> words.length > 2 && BLOCKED.contains(words[2]))
                .mapToLong(words -> Long.parseLong(words[1]))
                .sum();
    }

    @Override
    public void enable(final Endpoint endpoint, final boolean enabled) {
        final Run run = daemon.run((enabled ? "enable-port " : "disable-port ") + endpoint.port());
        run.ok();
    }

    @Override
    public void restart() throws IOException, InterruptedException {
        daemon.close();
        daemon = new DaemonProcess(directory);
        logRead = 0;
    }

    @Override
    public String complaints() throws IOException {
        final String log = daemon.log();
        final String fresh = log.substring(logRead);
        logRead = log.length();
        return fresh.lines()
                        .filter(line -> line.matches(".*(WARN|ERROR|Exception).*"))
                        .collect(Collectors.joining("\n"))
                + internalErrors();
    }

    private String internalErrors() {
        return daemon.run("drops")
                .ok()
                .out()
                .lines()
                .filter(line -> line.contains("internal-error"))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void stop() throws IOException {
        for (final Endpoint endpoint : Endpoint.values()) {
            daemon.run("del-port " + endpoint.port());
        }
        daemon.close();
    }
}

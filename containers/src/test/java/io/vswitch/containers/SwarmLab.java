package io.vswitch.containers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Three machines on one wire, each with vswitchd, the driver and an engine, that are one swarm; all
 * real. The first two are managers. Nodes have a label: {@code --constraint node.labels.n==2}.
 */
public final class SwarmLab implements AutoCloseable {
    /** The driver's name for networks of the swarm. */
    public static final String DRIVER = "vswitch:swarm";

    private static final String DOCKER = "/usr/bin/docker -H unix://%s/docker.sock";
    private static final int NODES = 3;
    private static final String NET = "198.51.100.";

    private final Host wire;
    private final List<Host> hosts = new ArrayList<>();
    private final List<String> plugins = new ArrayList<>();
    private final List<String> nodes = new ArrayList<>();

    private SwarmLab(final Path directory) throws Exception {
        wire = new Host(Files.createDirectory(directory.resolve("wire")));
    }

    /** All of it, with an image to run on each; takes some 20 s. */
    public static SwarmLab started(final Path directory) throws Exception {
        Host.assumeEngine();
        final SwarmLab lab = new SwarmLab(directory);
        try {
            lab.wire.sh("ip link add br0 type bridge && ip link set br0 up").ok();
            for (int n = 1; n <= NODES; n++) {
                final Host host = new Host(Files.createDirectory(directory.resolve("" + n)));
                lab.hosts.add(host);
                host.plugInto(lab.wire, "p" + n, address(n) + "/24");
            }
            lab.startAll();
            lab.join();
            return lab;
        } catch (Exception | Error e) {
            lab.close();
            throw e;
        }
    }

    /** Of a node on the wire; nodes count from 1. */
    public static String address(final int node) {
        return NET + node;
    }

    private void startAll() throws Exception {
        final ExecutorService threads = Executors.newFixedThreadPool(NODES);
        try {
            final List<Future<Void>> starting = new ArrayList<>();
            for (final Host host : hosts) {
                starting.add(threads.submit((Callable<Void>) () -> start(host)));
            }
            for (final Future<Void> start : starting) {
                start.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static Void start(final Host host) throws Exception {
        host.startSwitch();
        host.startPlugin();
        host.startEngine("--iptables=true");
        host.importImage();
        install(host);
        return null;
    }

    /** What an administrator does on each node. */
    public static Host.Output install(final Host host) throws Exception {
        final String at = host.directory.toString();
        final String command =
                "docker install --swarm --run-dir %s --state-dir %s/docker-state"
                        + " --engine %s/docker.sock";
        final Host.Output out = host.script(command.formatted(at, at, at));
        out.ok();
        return out;
    }

    private void join() throws Exception {
        docker("swarm init --dispatcher-heartbeat 1s --advertise-addr " + address(1)).ok();
        final String manager = docker("swarm join-token -q manager").ok();
        final String worker = docker("swarm join-token -q worker").ok();
        join(2, manager);
        join(3, worker);
        for (int n = 1; n <= NODES; n++) {
            final String id = host(n).docker("info -f {{.Swarm.NodeID}}").ok();
            nodes.add(id);
            plugins.add(host(n).docker("plugin inspect -f {{.Id}} " + DRIVER).ok());
            docker("node update --label-add n=" + n + " " + id).ok();
        }
    }

    private void join(final int node, final String token) throws Exception {
        host(node)
                .docker(
                        "swarm join --advertise-addr %s --token %s %s:2377"
                                .formatted(address(node), token, address(1)))
                .ok();
    }

    /** A machine, from 1. */
    public Host host(final int node) {
        return hosts.get(node - 1);
    }

    /** All machines. */
    public List<Host> hosts() {
        return List.copyOf(hosts);
    }

    /** The engine's id of a node. */
    public String nodeId(final int node) {
        return nodes.get(node - 1);
    }

    /** Removes all services, containers and networks, and waits until nothing is left of them. */
    public void clear() throws Exception {
        docker("service ls -q | xargs -r " + DOCKER.formatted(host(1).directory) + " service rm")
                .ok();
        for (final Host host : hosts) {
            final String docker = DOCKER.formatted(host.directory);
            host.sh(docker + " ps -aq | xargs -r " + docker + " rm -f").ok();
        }
        host(1).await(
                        "no network",
                        () -> {
                            final String networks =
                                    docker("network ls -q -f driver=" + DRIVER).ok();
                            return networks.isEmpty()
                                    || docker("network rm " + networks.replace('\n', ' ')).code()
                                            == 0;
                        });
        for (final Host host : hosts) {
            host.await(
                    "no network",
                    () -> !host.vswitchctl("list-networks").text().contains("docker-"));
        }
    }

    /** Runs docker on the first manager; words are separated by blanks. */
    public Host.Output docker(final String command) throws Exception {
        return host(1).docker(command);
    }

    /** Containers of a service that run on a node, by id. */
    public List<String> tasks(final int node, final String service) throws Exception {
        return host(node)
                .docker("ps -q --filter label=com.docker.swarm.service.name=" + service)
                .ok()
                .lines()
                .toList();
    }

    /** Makes a service; its tasks end at once when they are told to. */
    public void service(final String name, final String options) throws Exception {
        docker(
                        "service create -d --no-resolve-image --stop-signal KILL --name "
                                + name
                                + " "
                                + options)
                .ok();
    }

    /** Waits until this many containers of a service run, on all nodes that are up together. */
    public void awaitTasks(final String service, final int count, final int... on)
            throws Exception {
        host(1).await(
                        service + " with " + count + " tasks",
                        () -> {
                            int running = 0;
                            for (final int node : on) {
                                running += tasks(node, service).size();
                            }
                            return running == count;
                        });
    }

    /** What everything printed. */
    public String logs() throws Exception {
        final StringBuilder text = new StringBuilder();
        for (int n = 1; n <= hosts.size(); n++) {
            text.append("=== node ").append(n).append('\n').append(host(n).logs());
        }
        return text.toString();
    }

    @Override
    public void close() throws java.io.IOException {
        for (final Host host : hosts) {
            host.close();
        }
        wire.close();
        for (final String plugin : plugins) {
            final String command =
                    "find /sys/fs/cgroup -depth -type d -name '" + plugin + "' -exec rmdir {} +";
            new ProcessBuilder("sh", "-c", command).start().onExit().join();
        }
    }
}

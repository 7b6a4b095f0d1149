package io.vswitch.ctl.scenario;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Debian's Open vSwitch with its userspace datapath, in a namespace and a directory of its own;
 * ports are veth pairs, as its own tests have them.
 */
final class OpenVSwitch implements SwitchUnderTest {
    static final Path DAEMON = Path.of("/usr/lib/openvswitch-switch/ovs-vswitchd");
    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

    /** Trouble that isn't: what the kernel of this machine hasn't, and packets meant to be bad. */
    private static final String HARMLESS =
            ".*(ovs_datapath|enumerate system"
                + " datapaths|netdev_max_backlog|fragment|exhaustion|Message too long|Dropped \\d+"
                + " log messages|resubmit|\\(revalidator\\d+\\)).*"; // the last: of purged

    // flows

    private final Path directory;
    private final String space;
    private final List<Process> processes = new ArrayList<>();
    private int logRead;

    OpenVSwitch(final Path directory, final String space) throws IOException, InterruptedException {
        this.directory = directory;
        this.space = space;
        Shell.run("ip netns add " + space).ok();
        Shell.run("ovsdb-tool create " + directory + "/conf.db " + SCHEMA).ok();
        start("ovsdb", "ovsdb-server", directory + "/conf.db", "--remote=punix:" + socket());
        await(() -> Files.exists(Path.of(socket())), "ovsdb-server");
        vsctl("--no-wait init -- set Open_vSwitch . other_config:vlan-limit=0");
        startDaemon();
        vsctl("add-br br0 -- set bridge br0 datapath_type=netdev fail-mode=secure");
        prepareBridge();
        apply(Policy.open());
    }

    private void startDaemon() throws IOException {
        start("log", "ip", "netns", "exec", space, DAEMON.toString(), "unix:" + socket());
    }

    private void prepareBridge() throws IOException, InterruptedException {
        ofctl("set-frags BRIDGE nx-match"); // first fragments have their ports
        for (final Endpoint endpoint : Endpoint.values()) {
            ofctl("add-meter BRIDGE " + OpenFlowGuards.meter(endpoint));
            ofctl("add-meter BRIDGE " + ruleMeter(endpoint.ordinal()));
        }
    }

    private static String ruleMeter(final int index) {
        return "meter=" + (OpenFlow.METERS + index) + ",pktps,band=type=drop,rate=1000000";
    }

    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private static void await(final Condition condition, final String what)
            throws IOException, InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            if (condition.holds()) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError(what + " isn't there");
    }

    private String socket() {
        return directory + "/db.sock";
    }

    private void start(final String log, final String... command) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(command);
        for (final String variable : List.of("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR")) {
            builder.environment().put(variable, directory.toString());
        }
        processes.add(
                builder.redirectErrorStream(true)
                        .redirectOutput(Redirect.appendTo(directory.resolve(log).toFile()))
                        .start());
    }

    private String vsctl(final String command) throws IOException, InterruptedException {
        return Shell.run("ovs-vsctl --db=unix:" + socket() + " --timeout=30 " + command).ok();
    }

    private String ofctl(final String command) throws IOException, InterruptedException {
        final String bridge = "unix:" + directory + "/br0.mgmt";
        return Shell.run("ovs-ofctl -O OpenFlow15 " + command.replace("BRIDGE", bridge)).ok();
    }

    private String appctl(final String command) throws IOException, InterruptedException {
        final long pid = processes.get(1).pid();
        final Path control = directory.resolve("ovs-vswitchd." + pid + ".ctl");
        return Shell.run("ovs-appctl -t " + control + " " + command).ok();
    }

    @Override
    public void attach(final Endpoint endpoint, final String namespace)
            throws IOException, InterruptedException {
        final String port = "port-" + endpoint.port();
        Shell.run(
                        "ip -n %s link add %s type veth peer name eth0 netns %s"
                                .formatted(space, port, namespace))
                .ok();
        Shell.run("ip -n " + space + " link set " + port + " up mtu " + endpoint.mtu()).ok();
        final String within = "ip -n " + namespace + " ";
        Shell.run(within + "link set eth0 address " + endpoint.mac() + " mtu " + endpoint.mtu())
                .ok();
        // Packet sockets carry no open checksums; its own tests turn the offload off as well.
        Shell.run("ip netns exec " + namespace + " ethtool -K eth0 tx off").ok();
        Shell.run(within + "addr add " + endpoint.ip() + "/24 dev eth0").ok();
        Shell.run(within + "addr add " + endpoint.ip6() + "/64 dev eth0 nodad").ok();
        Shell.run(within + "link set eth0 up").ok();
        vsctl(
                "add-port br0 %s -- set interface %s ofport_request=%d mtu_request=%d"
                        .formatted(port, port, endpoint.number(), endpoint.mtu()));
    }

    @Override
    public void apply(final Policy policy) throws IOException, InterruptedException {
        final Path flows = directory.resolve("flows");
        final OpenFlow translation = new OpenFlow(policy);
        Files.write(flows, translation.flows());
        for (final String group : translation.groups()) {
            ofctl("--may-create mod-group BRIDGE " + group);
        }
        for (final String meter : translation.meters()) {
            ofctl("mod-meter BRIDGE " + meter);
        }
        ofctl("--bundle replace-flows BRIDGE " + flows);
        converge(); // else cached flows run on with the rules before
    }

    @Override
    public void converge() throws IOException, InterruptedException {
        appctl("revalidator/purge"); // to wait alone let a flow of before live on now and then
        appctl("revalidator/wait");
    }

    @Override
    public void forget() throws IOException, InterruptedException {
        appctl("fdb/flush br0");
        appctl("dpctl/flush-conntrack");
    }

    @Override
    public boolean explains(final Endpoint from, final Packet packet, final Endpoint to)
            throws IOException, InterruptedException {
        final boolean icmp = packet.protocol().equals("icmp");
        final String flow =
                "in_port=%d,%s,dl_src=%s,dl_dst=%s,nw_src=%s,nw_dst=%s,nw_ttl=64%s"
                        .formatted(
                                from.number(),
                                packet.protocol(),
                                packet.source().mac(),
                                packet.destination().mac(),
                                packet.source().ip(),
                                packet.destination().ip(),
                                icmp
                                        ? ",icmp_type=8"
                                        : ",%s_src=40000,%s_dst=%d"
                                                .formatted(
                                                        packet.protocol(),
                                                        packet.protocol(),
                                                        packet.port()));
        final String trace = appctl("ofproto/trace br0 " + flow);
        return trace.lines()
                .anyMatch(line -> line.strip().equals("-> output port is " + to.number()));
    }

    @Override
    public long blocked() throws IOException, InterruptedException {
        converge(); // which also collects the counters of cached flows
        return ofctl("dump-flows BRIDGE")
                .lines()
                .map(String::strip)
                .filter(line -> line.endsWith("actions=drop") && !line.contains("table=101,"))
                .map(line -> line.replaceFirst(".*n_packets=(\\d+),.*", "$1"))
                .mapToLong(Long::parseLong)
                .sum();
    }

    @Override
    public void enable(final Endpoint endpoint, final boolean enabled)
            throws IOException, InterruptedException {
        final String wanted = enabled ? "" : "no-";
        for (final String way : List.of("receive", "forward")) {
            ofctl("mod-port BRIDGE %d %s%s".formatted(endpoint.number(), wanted, way));
        }
    }

    @Override
    public void restart() throws IOException, InterruptedException {
        final Process daemon = processes.remove(processes.size() - 1);
        daemon.destroyForcibly();
        daemon.onExit().join();
        startDaemon();
        vsctl("set bridge br0 fail-mode=secure"); // which waits for it
        prepareBridge();
    }

    @Override
    public String complaints() throws IOException {
        final String log = Files.readString(directory.resolve("log"));
        final String fresh = log.substring(logRead);
        logRead = log.length();
        return fresh.lines()
                .filter(line -> line.matches(".*\\|(WARN|ERR|EMER)\\|.*"))
                .filter(line -> !line.matches(HARMLESS))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void stop() throws IOException, InterruptedException {
        for (int i = processes.size() - 1; i >= 0; i--) {
            processes.get(i).destroyForcibly();
            processes.get(i).onExit().join();
        }
        Shell.run("ip netns del " + space);
    }
}

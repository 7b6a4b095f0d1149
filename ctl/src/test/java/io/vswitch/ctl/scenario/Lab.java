package io.vswitch.ctl.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A switch with four endpoints in namespaces of their own, and the tools to send through it and to
 * see what comes out. Each endpoint serves HTTP on TCP and an echo on UDP, ports 80 and 8080.
 */
final class Lab implements AutoCloseable {
    private static final long PID = ProcessHandle.current().pid();
    private static final int PROBE_SECONDS = 20;
    private static final Map<String, Lab> STARTED = new HashMap<>();

    private final String name;
    private final Path directory;
    private final Deque<String> undo = new ArrayDeque<>();
    private SwitchUnderTest subject;
    private Agent agent;

    private Lab(final String name) throws IOException {
        this.name = name;
        directory = Files.createTempDirectory("scenario-" + name);
    }

    /** The lab of this switch, started by whoever asks first, and closed when the JVM ends. */
    static synchronized Lab of(final String name) {
        return STARTED.computeIfAbsent(
                name,
                missing -> {
                    final Lab lab = start(missing);
                    Runtime.getRuntime().addShutdownHook(new Thread(lab::close));
                    return lab;
                });
    }

    private static Lab start(final String name) {
        try {
            final Lab lab = new Lab(name);
            try {
                lab.open();
                return lab;
            } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
                lab.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void open() throws IOException, InterruptedException {
        subject =
                name.equals("ovs")
                        ? new OpenVSwitch(directory, space("sw"))
                        : new OurSwitch(directory);
        agent = new Agent(directory.resolve("agent.log"));
        for (final Endpoint endpoint : Endpoint.values()) {
            final String space = space(endpoint);
            Shell.run("ip netns add " + space).ok();
            Shell.run("ip -n " + space + " link set lo up").ok();
            subject.attach(endpoint, space);
            Shell.sh(
                            "ip netns exec %s sysctl -q net.ipv6.conf.eth0.router_solicitations=0 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000"
                                    .formatted(space))
                    .ok();
            final ObjectNode end = Agent.request("end").put("name", endpoint.port());
            end.put("netns", space).putArray("ports").add(80).add(8080);
            agent.ask(end);
        }
    }

    private String space(final String end) {
        return "sc" + PID + name.charAt(1) + end;
    }

    private String space(final Endpoint endpoint) {
        return space(endpoint.port());
    }

    /** Sets the switch back to one that learns, lets everything through, and knows nothing. */
    void begin() throws IOException, InterruptedException {
        subject.apply(Policy.open());
        subject.forget();
    }

    void end() throws IOException, InterruptedException {
        agent.ask(Agent.request("close"));
        while (!undo.isEmpty()) {
            Shell.sh(undo.pop());
        }
    }

    void assertClean() throws IOException {
        final String complaints = subject.complaints();
        if (!complaints.isBlank()) {
            throw new AssertionError("in the log: " + complaints);
        }
    }

    SwitchUnderTest subject() {
        return subject;
    }

    void apply(final Policy policy) throws IOException, InterruptedException {
        subject.apply(policy);
    }

    /** Sends frames, and waits until the switch has learned from them. */
    void teach(final Endpoint from, final String packets) throws IOException, InterruptedException {
        send(from, packets);
        settle();
        subject.converge();
    }

    /** Runs a tool in an endpoint's namespace; the words are separated by blanks. */
    Shell.Result in(final Endpoint endpoint, final String command)
            throws IOException, InterruptedException {
        return Shell.run("ip netns exec " + space(endpoint) + " " + command);
    }

    /** Runs a line of sh in an endpoint's namespace. */
    Shell.Result sh(final Endpoint endpoint, final String line)
            throws IOException, InterruptedException {
        return Shell.run(List.of("ip", "netns", "exec", space(endpoint), "sh", "-c", line));
    }

    /** Changes something in a namespace until the scenario ends. */
    void change(final Endpoint endpoint, final String command, final String undoing)
            throws IOException, InterruptedException {
        in(endpoint, command).ok();
        undo.push("ip netns exec " + space(endpoint) + " " + undoing);
    }

    /** An address that is at this MAC, whoever may ask. */
    void neighbour(final Endpoint endpoint, final String address, final String mac)
            throws IOException, InterruptedException {
        change(
                endpoint,
                "ip neigh replace " + address + " lladdr " + mac + " dev eth0",
                "ip neigh del " + address + " dev eth0");
    }

    /** Whether three pings of a payload are answered, all three. */
    boolean pings(final Endpoint from, final String address, final int bytes)
            throws IOException, InterruptedException {
        return in(from, "ping -q -n -c 3 -i 0.02 -W 5 -s " + bytes + " " + address).code() == 0;
    }

    boolean pings(final Endpoint from, final String address)
            throws IOException, InterruptedException {
        return pings(from, address, 56);
    }

    /** Whether no ping is answered within a second. */
    boolean pingsInVain(final Endpoint from, final String address)
            throws IOException, InterruptedException {
        return in(from, "ping -q -n -c 2 -i 0.02 -W 1 " + address).code() == 1;
    }

    /** The name of the endpoint that answers at a URL, or curl's exit code: 28 is silence. */
    String http(final Endpoint from, final String authority)
            throws IOException, InterruptedException {
        final Shell.Result result =
                in(from, "curl -s -g --connect-timeout 10 --max-time 20 http://" + authority + "/");
        return result.code() == 0 ? result.out().strip() : "exit " + result.code();
    }

    /** As {@link #http}, where silence is expected: waits for a second only. */
    String httpInVain(final Endpoint from, final String authority)
            throws IOException, InterruptedException {
        final Shell.Result result = in(from, "curl -s -g --max-time 1 http://" + authority + "/");
        return result.code() == 0 ? result.out().strip() : "exit " + result.code();
    }

    /** Sends frames given as a scapy expression; from now on all ends hear. */
    void send(final Endpoint from, final String packets) throws IOException {
        hear();
        agent.ask(Agent.request("send").put("from", from.port()).put("packets", packets));
    }

    /** All ends hear from now on what comes. */
    void hear() throws IOException {
        agent.ask(Agent.request("open"));
    }

    /** What was heard so far doesn't count. */
    void forgetHeard() throws IOException {
        settle();
        agent.ask(Agent.request("forget"));
    }

    /**
     * Waits until all that was sent before was handled and has arrived, answers too: frames that
     * every policy lets through go from each of the ends to each other, twice.
     */
    void settle(final Endpoint... among) throws IOException {
        final List<Endpoint> ends =
                among.length == 0 ? List.of(Endpoint.values()) : Arrays.asList(among);
        final ObjectNode request = Agent.request("settle").put("seconds", PROBE_SECONDS);
        final ArrayNode pairs = request.putArray("pairs");
        for (final Endpoint from : ends) {
            for (final Endpoint to : ends) {
                if (from != to) {
                    final ArrayNode pair = pairs.addArray().add(from.port()).add(to.port());
                    pair.add(to.mac()).add(from.mac());
                }
            }
        }
        hear();
        agent.ask(request);
    }

    /** Packets dropped by policy since; waits for counters that lag until they say so. */
    long blockedSince(final long before, final long expected)
            throws IOException, InterruptedException {
        long blocked = subject.blocked() - before;
        for (int i = 0; i < 200 && blocked < expected; i++) {
            Thread.sleep(50);
            blocked = subject.blocked() - before;
        }
        return blocked;
    }

    /** The frames that came to an end for which a Python expression on the packet p holds. */
    List<String> heard(final Endpoint at, final String where) throws IOException {
        settle();
        return heardOf(at, where);
    }

    /** As {@link #heard}, without waiting. */
    List<String> heardOf(final Endpoint at, final String where) throws IOException {
        final JsonNode frames =
                agent.ask(Agent.request("received").put("at", at.port()).put("where", where));
        return Stream.iterate(0, i -> i < frames.size(), i -> i + 1)
                .map(i -> frames.get(i).asText())
                .toList();
    }

    /** How many frames came to an end for which a Python expression on the packet p holds. */
    int count(final Endpoint at, final String where) throws IOException {
        return heard(at, where).size();
    }

    /** As {@link #count}, but waits for so many: answers of programs come when they come. */
    int await(final Endpoint at, final String where, final int count)
            throws IOException, InterruptedException {
        for (int i = 0; i < 200 && heardOf(at, where).size() < count; i++) {
            Thread.sleep(50);
        }
        return count(at, where);
    }

    /** How many frames come to an end for which the expression holds, when these are sent. */
    int arrive(final Endpoint from, final String packets, final Endpoint at, final String where)
            throws IOException {
        hear();
        forgetHeard();
        send(from, packets);
        return count(at, where);
    }

    @Override
    public void close() {
        try {
            if (agent != null) {
                agent.close();
            }
            if (subject != null) {
                subject.stop();
            }
            for (final Endpoint endpoint : Endpoint.values()) {
                Shell.run("ip netns del " + space(endpoint));
            }
            Shell.run("ip netns del " + space("sw"));
            Shell.run("rm -r " + directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

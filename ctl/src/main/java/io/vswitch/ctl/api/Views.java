package io.vswitch.ctl.api;

import io.vswitch.core.view.PortConnections;
import io.vswitch.core.view.WorkerInfo;
import io.vswitch.ctl.document.Plan;
import io.vswitch.ctl.state.Change;
import java.util.List;

/** What the control API answers; immutable, the JSON of {@code --json}. */
public final class Views {
    private Views() {}

    /** Why a request was not carried out; {@code kind} is usage or failure. */
    public record Problem(String error, String kind) {}

    /**
     * What a change did.
     *
     * @param done one line per step.
     * @param generation of the rules that every worker runs.
     */
    public record Applied(List<String> done, long generation) {}

    /**
     * A policy document.
     *
     * @param file what it is called, for messages.
     * @param prune removes the networks and ports that a section of it doesn't have.
     */
    public record DocumentRequest(String file, boolean prune, String text) {}

    /**
     * What differs, or differed, from a document.
     *
     * @param unmentioned networks and ports that the document doesn't have and that stay.
     * @param generation of the rules that every worker runs.
     */
    public record Differences(
            List<Plan.Difference> differences, List<String> unmentioned, long generation) {}

    /** The daemon. */
    public record Status(
            String version,
            long pid,
            long uptimeMs,
            int workers,
            long generation,
            String stateDirectory,
            String countersFile,
            long journalBytes) {}

    /** Counters of a port or of all, seen from the switch. */
    public record Traffic(
            long rxPackets, long rxBytes, long txPackets, long txBytes, long dropped) {}

    /**
     * A port.
     *
     * @param state up, disabled or gone.
     * @param problem why it is gone, or null.
     * @param guards names of what is checked of the frames it sends.
     * @param limits on one line, or null for the defaults.
     */
    public record Port(
            String name,
            String type,
            String network,
            String netns,
            String device,
            String mac,
            List<String> addresses,
            List<String> routes,
            int mtu,
            String state,
            String problem,
            List<String> guards,
            String limits,
            PortConnections connections,
            int rules,
            Traffic traffic) {}

    /** All ports. */
    public record Ports(List<Port> ports) {}

    /**
     * A network.
     *
     * @param vni its number where it is an overlay, else null; {@code local} and {@code udpPort}
     *     likewise.
     */
    public record Network(
            String name,
            String subnet,
            Integer vni,
            String local,
            Integer udpPort,
            int macLimit,
            long macAgeSeconds,
            int ports,
            int macs) {}

    /** All networks. */
    public record Networks(List<Network> networks) {}

    /**
     * A named address set.
     *
     * @param members as they were written.
     * @param prefixes it stands for, with those of the tags in it.
     * @param rules that name it; those that name a tag it is in are not counted.
     */
    public record Tag(String name, List<String> members, int prefixes, int rules) {}

    /**
     * A pool of addresses and ports.
     *
     * @param addresses as they are written.
     * @param count how many addresses those are.
     * @param ports PORT-PORT.
     * @param rules that name it.
     */
    public record Pool(String name, List<String> addresses, int count, String ports, int rules) {}

    /** All pools. */
    public record Pools(List<Pool> pools) {}

    /** All tags. */
    public record Tags(List<Tag> tags) {}

    /**
     * A backend of a load balancer.
     *
     * @param mac null when it is told by no one.
     * @param share part of new connections it gets, in percent.
     * @param connections that are translated to it and aren't over.
     * @param opened connections ever given to it.
     */
    public record Backend(
            String backend,
            int weight,
            String state,
            String mac,
            double share,
            long connections,
            long opened) {}

    /** A load balancer; {@code rules} name it. */
    public record Balancer(
            String name, String affinity, long seed, int rules, List<Backend> backends) {}

    /** All load balancers. */
    public record Balancers(List<Balancer> balancers) {}

    /** A group of rules; {@code where} is null when it is for every packet. */
    public record Group(
            String name, String direction, int priority, String where, List<Rule> rules) {}

    /** A layer of groups; {@code owner} is null when everybody may change it. */
    public record Layer(
            String name,
            int priority,
            String defaultAction,
            boolean stateful,
            String owner,
            List<Group> groups) {}

    /** A rule with what it decided; {@code limited} of its packets its rate limit dropped. */
    public record Rule(
            String id, int priority, String text, long packets, long bytes, long limited) {}

    /** The layers of a port, top to bottom. */
    public record Policy(String port, List<Layer> layers) {}

    /** The layers of several ports. */
    public record Policies(List<Policy> ports) {}

    /** Packets of a port dropped for one reason; {@code rules} names the rules that blocked. */
    public record Drop(String port, String reason, String text, long packets, List<String> rules) {}

    /** All drops. */
    public record Drops(long total, List<Drop> drops) {}

    /** Dropped packets of one port, rule or reason; {@code name} says which. */
    public record DropSum(String name, long packets) {}

    /** All drops, summed {@code by} port, rule or reason, the most first. */
    public record DropSums(String by, long total, List<DropSum> sums) {}

    /**
     * A packet dropped lately.
     *
     * @param ingress where it came in; {@code port}: where the drop is counted.
     * @param reason null for one that an audit rule matched.
     * @param rule the rule that dropped it, or null.
     * @param frame its first bytes in hexadecimal, at most 128.
     */
    public record LastDrop(
            long ageMs,
            String ingress,
            String port,
            String reason,
            String rule,
            String packet,
            int lengthBytes,
            String frame,
            int worker) {}

    /** The packets dropped last, the latest first; {@code passedOver} were counted but not kept. */
    public record LastDrops(List<LastDrop> packets, long passedOver) {}

    /** What passed a port by the rules that name a meter; {@code direction} is in or out. */
    public record Meter(String name, String port, String direction, long packets, long bytes) {}

    /** All meters. */
    public record Meters(List<Meter> meters) {}

    /**
     * Which connections of stateful layers are asked for; what is null doesn't matter.
     *
     * @param ip prefix of an address before or after translation.
     * @param nat true for those that are translated only.
     */
    public record ConnectionsRequest(
            String port, String layer, String ip, Boolean nat, Integer limit) {}

    /**
     * A connection of a stateful layer.
     *
     * @param direction out when the endpoint behind the port opened it, else in.
     * @param opener its first packet; {@code translated}: the same behind the layer, or null.
     */
    public record Connection(
            String port,
            String layer,
            String direction,
            String opener,
            String translated,
            String state,
            long ageMs,
            long idleMs,
            long leftMs,
            int worker) {}

    /** Connections; {@code more}: there are others beyond the limit. */
    public record Connections(List<Connection> connections, boolean more) {}

    /** A cached flow. */
    public record Flow(
            String packet,
            String ingress,
            String egress,
            String drop,
            String rewrite,
            List<String> rules,
            long packets,
            long bytes,
            long ageMs,
            long idleMs,
            long generation,
            int worker) {}

    /** Cached flows; {@code more}: some that match aren't among them. */
    public record Flows(List<Flow> flows, boolean more) {}

    /**
     * Both directions of what talks to each other.
     *
     * @param there the opener's packets, if it is known who opened; null: no flow now.
     * @param back the other direction's; null: no flow now.
     * @param connection what a stateful layer remembers of it, or null.
     * @param backend load balancer and its choice, or null.
     */
    public record FlowPair(Flow there, Flow back, Connection connection, String backend) {}

    /** Pairs of flows; {@code more}: some that match aren't among them. */
    public record FlowPairs(List<FlowPair> pairs, boolean more) {}

    /**
     * Which flows to show.
     *
     * @param filter null for all.
     * @param sort bytes, packets, age or idle, the most first; null: in no order.
     * @param limit most flows; null for 100.
     */
    public record FlowsRequest(FlowFilter filter, String sort, Integer limit) {}

    /** Which flows to forget; {@code all} instead of a condition. */
    public record KillRequest(FlowFilter filter, boolean all) {}

    /** How many flows were forgotten. */
    public record Killed(long flows) {}

    /**
     * A MAC.
     *
     * @param remote the peer it is on, or null.
     * @param pinned said by order, not learned.
     */
    public record MacEntry(String mac, String port, String remote, boolean pinned, long idleMs) {}

    /** The MACs of a network. */
    public record Macs(String network, List<MacEntry> macs) {}

    /** The whole switch on one screen. */
    public record Overview(
            Status status,
            Traffic totals,
            List<Network> networks,
            List<Port> ports,
            List<Tag> tags,
            List<WorkerInfo> workers) {}

    /** Counters of the switch, its ports and its workers' tables. */
    public record Stats(
            Traffic totals, long buffered, List<Port> ports, List<WorkerInfo> workers) {}

    /**
     * What to explain: a packet, as text, that comes from a port.
     *
     * @param remote the peer it comes from, where the port is a tunnel; or null.
     * @param suppose changes of rules that are supposed to have been made; null or empty: none.
     */
    public record ExplainRequest(String port, String remote, String packet, List<Change> suppose) {}

    /**
     * Which packet, as text, is held against which layer of a port.
     *
     * @param direction in or out.
     */
    public record MatchRequest(String port, String layer, String direction, String packet) {}

    /**
     * What to capture.
     *
     * @param port name of a port, or null for all.
     * @param count most packets.
     * @param seconds longest time.
     * @param snapLength most bytes kept of a frame.
     */
    public record CaptureRequest(
            String port, boolean drops, long count, int seconds, int snapLength) {}
}

package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.FrameFields;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.LayerStep;
import io.vswitch.ctl.Version;
import io.vswitch.ctl.api.Api;
import io.vswitch.ctl.api.OverlayViews;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.document.Document;
import io.vswitch.ctl.document.Exporter;
import io.vswitch.ctl.document.Plan;
import io.vswitch.ctl.document.Planner;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What clients ask of the daemon; any thread. Reading waits for no worker's packets and holds up
 * none.
 */
final class Service implements Api {
    private final Settings settings;
    private final Controller controller;
    private final VirtualSwitch vswitch;
    private final ViewBuilder views;
    private final Captures captures;
    private final FlowRequests flows;
    private final OverlayReports overlays;
    private final SharedDirectory shared;

    Service(final Settings settings, final Controller controller, final VirtualSwitch vswitch) {
        this.settings = settings;
        this.controller = controller;
        this.vswitch = vswitch;
        this.views = new ViewBuilder(controller, vswitch);
        this.captures = new Captures(vswitch);
        this.flows = new FlowRequests(controller, vswitch);
        this.overlays = new OverlayReports(controller, vswitch);
        this.shared = new SharedDirectory(settings, controller);
    }

    @Override
    public Views.Applied apply(final List<Change> changes, final String owner) throws IOException {
        final List<Change> steps = controller.apply(changes, owner);
        return new Views.Applied(steps.stream().map(StepText::of).toList(), vswitch.generation());
    }

    @Override
    public Views.Differences applyDocument(final Views.DocumentRequest request) throws IOException {
        final Document document = Document.read(request.file(), request.text());
        return differences(
                controller.apply(
                        state -> Planner.plan(request.file(), document, state, request.prune())));
    }

    @Override
    public Views.Differences diffDocument(final Views.DocumentRequest request) {
        final Document document = Document.read(request.file(), request.text());
        final DesiredState state = controller.state();
        final Plan plan = Planner.plan(request.file(), document, state, request.prune());
        Completion.complete(plan, state);
        return differences(plan);
    }

    private Views.Differences differences(final Plan plan) {
        return new Views.Differences(plan.differences(), plan.unmentioned(), vswitch.generation());
    }

    @Override
    public Map<String, Object> exportDocument() {
        return Exporter.export(controller.state());
    }

    @Override
    public Views.Status status() {
        return new Views.Status(
                Version.TEXT,
                ProcessHandle.current().pid(),
                ManagementFactory.getRuntimeMXBean().getUptime(),
                settings.workers,
                vswitch.generation(),
                settings.stateDirectory.toString(),
                settings.counters().toString(),
                controller.journalBytes());
    }

    @Override
    public Views.Overview overview() {
        return new Views.Overview(
                status(),
                ViewBuilder.traffic(vswitch.totals()),
                views.networks(),
                views.ports(),
                views.tags(),
                vswitch.workerInfo());
    }

    @Override
    public Views.Ports ports() {
        return new Views.Ports(views.ports());
    }

    @Override
    public Views.Networks networks() {
        return new Views.Networks(views.networks());
    }

    @Override
    public Views.Tags tags() {
        return new Views.Tags(views.tags());
    }

    @Override
    public Views.Pools pools() {
        return new Views.Pools(views.pools());
    }

    @Override
    public Views.Balancers balancers() {
        return new BalancerViews(controller, vswitch).all();
    }

    @Override
    public Views.Policies policies(final String port) {
        vswitch.syncRuleCounters();
        final DesiredState state = controller.state();
        final Collection<DesiredPort> ports =
                port == null ? state.ports().values() : List.of(state.port(port));
        return new Views.Policies(ports.stream().map(p -> views.policy(p.policy())).toList());
    }

    @Override
    public Views.Stats stats() {
        return new Views.Stats(
                ViewBuilder.traffic(vswitch.totals()),
                vswitch.buffered(),
                views.ports(),
                vswitch.workerInfo());
    }

    @Override
    public Views.Drops drops() {
        vswitch.syncRuleCounters();
        return views.drops();
    }

    @Override
    public Views.DropSums dropSums(final String by) {
        vswitch.syncRuleCounters();
        return new DropViews(views, vswitch).sums(by);
    }

    @Override
    public Views.LastDrops lastDrops(final String limit) {
        return new DropViews(views, vswitch).last(limit);
    }

    @Override
    public Views.LastDrops lastAudited(final String limit) {
        return new DropViews(views, vswitch).audited(limit);
    }

    @Override
    public Views.Meters meters() {
        vswitch.syncRuleCounters();
        return new Views.Meters(views.meters());
    }

    @Override
    public Views.Connections connections(final Views.ConnectionsRequest request) {
        return new ConnectionRequests(controller, vswitch).list(request);
    }

    @Override
    public Views.Flows flows(final Views.FlowsRequest request) {
        return flows.list(request);
    }

    @Override
    public Views.FlowPairs flowPairs(final Views.FlowsRequest request) {
        return flows.pairs(request);
    }

    @Override
    public Views.Killed killFlows(final Views.KillRequest request) {
        return flows.kill(request);
    }

    @Override
    public Views.Macs macs(final String network) {
        return overlays.macs(network);
    }

    @Override
    public OverlayViews.Flushed flushMacs(final OverlayViews.FlushRequest request) {
        return overlays.flush(request);
    }

    @Override
    public OverlayViews.Peers peers(final String network) {
        return overlays.peers(network);
    }

    @Override
    public OverlayViews.Routers routers() {
        return overlays.routers();
    }

    @Override
    public OverlayViews.Shared directory() {
        return overlays.directory();
    }

    @Override
    public OverlayViews.Shared joinDirectory(final OverlayViews.JoinRequest request)
            throws IOException {
        shared.join(request);
        return directory();
    }

    @Override
    public OverlayViews.Neighbours neighbours(final String network) {
        return overlays.neighbours(network);
    }

    @Override
    public Explanation explain(final Views.ExplainRequest request) {
        if (request.port() == null || request.packet() == null) {
            throw Refusal.usage("explain needs a port and a packet");
        }
        final DesiredState state = controller.state();
        final DesiredPort port = state.port(request.port());
        if (controller.problem(port.name()) != null) {
            throw Refusal.failure(
                    "port '%s' is gone: %s"
                            .formatted(port.name(), controller.problem(port.name())));
        }
        final byte[] frame = frame(state, port, request.packet());
        return vswitch.explain(
                port.name(),
                request.remote() == null ? 0 : controller.remote(port.spec(), request.remote()),
                new UnsafeBuffer(frame),
                0,
                frame.length,
                controller.suppose(request.suppose()));
    }

    private static byte[] frame(
            final DesiredState state, final DesiredPort port, final String packet) {
        final String address =
                port.spec().addresses().stream()
                        .map(a -> Cidr.parse("address", a).ip())
                        .filter(ip -> ip.isV4())
                        .map(Object::toString)
                        .findFirst()
                        .orElse(null);
        return new PacketText(
                        packet,
                        port.spec().mac(),
                        address,
                        ip -> macOf(state, port.spec().network(), ip))
                .frame();
    }

    @Override
    public LayerStep match(final Views.MatchRequest request) {
        if (request.port() == null || request.layer() == null || request.packet() == null) {
            throw Refusal.usage("match needs a port, a layer and a packet");
        }
        final DesiredState state = controller.state();
        final DesiredPort port = state.port(request.port());
        return controller.match(
                port,
                request.layer(),
                direction(request.direction()),
                FrameFields.of(frame(state, port, request.packet())));
    }

    private static Direction direction(final String way) {
        return switch (String.valueOf(way)) {
            case "in" -> Direction.INBOUND;
            case "out" -> Direction.OUTBOUND;
            default -> throw Refusal.usage("direction '%s'; allowed are in and out".formatted(way));
        };
    }

    /** MAC of the endpoint on a network that has an address, or null. */
    private static String macOf(final DesiredState state, final String network, final String ip) {
        return state.ports().values().stream()
                .filter(p -> Objects.equals(network, p.spec().network()))
                .filter(p -> p.spec().mac() != null)
                .filter(
                        p ->
                                p.spec().addresses().stream()
                                        .anyMatch(
                                                a ->
                                                        a.toLowerCase(Locale.ROOT)
                                                                .startsWith(ip + "/")))
                .map(p -> p.spec().mac())
                .findFirst()
                .orElse(null);
    }

    @Override
    public void capture(final Views.CaptureRequest request, final Opener out) throws IOException {
        if (request.port() != null) {
            controller.state().port(request.port());
        }
        captures.run(request, out);
    }
}

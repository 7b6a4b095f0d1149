package io.vswitch.containers.docker;

import io.vswitch.containers.SwitchClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Limits;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what the engine tells of labels and services the switch's forwarding state. Each difference
 * is mended by a request of its own: what can't be is told, and changes nothing. Any thread, one at
 * a time.
 */
final class Steering {
    private static final Logger LOG = LoggerFactory.getLogger(Steering.class);

    private final Records records;
    private final SwitchClient vswitch;

    /** How the switch writes rules that are written otherwise in labels. */
    private final Map<String, String> texts = new HashMap<>();

    /** Ports whose rates came from labels. */
    private final Set<String> limited = new HashSet<>();

    /** Layers by their ports and names, as they were planned last. */
    private final Map<String, LayerPlan> planned = new HashMap<>();

    private PolicyReport report = PolicyReport.EMPTY;

    Steering(final Records records, final SwitchClient vswitch) {
        this.records = records;
        this.vswitch = vswitch;
    }

    /** What labels and services have come to. */
    synchronized PolicyReport report() {
        return report;
    }

    /** What differs from what the engine tells. */
    synchronized List<Step> differences(final EngineView view, final List<Published> published) {
        return steps(view, published, new ArrayList<>(), new ArrayList<>());
    }

    /** Mends all that differs. */
    synchronized void apply(
            final EngineView view,
            final List<Published> published,
            final List<String> unpublished) {
        final List<String> problems = new ArrayList<>(unpublished);
        final List<PolicyReport.Row> rows = new ArrayList<>();
        for (final Step step : steps(view, published, rows, problems)) {
            try {
                vswitch.apply(step.changes());
                LOG.info("{}: {}", step.about(), step.difference());
            } catch (final Refusal e) {
                problems.add(step.about() + ": " + e.getMessage());
            }
        }
        learn();
        if (!problems.equals(report.problems())) {
            problems.forEach(LOG::warn);
        }
        report = new PolicyReport(rows, problems);
    }

    private List<Step> steps(
            final EngineView view,
            final List<Published> published,
            final List<PolicyReport.Row> rows,
            final List<String> problems) {
        planned.clear();
        final SwitchClient.State state = vswitch.state();
        final ServicePlan plan = plan(view, state);
        final List<Step> steps = new ArrayList<>();
        final ServiceSteps services = plan == null ? null : new ServiceSteps(plan, vswitch);
        if (services != null) {
            steps.addAll(services.first());
        }
        ports(steps, view, published, state, plan, rows, problems);
        if (services != null) {
            steps.addAll(services.last());
        }
        return steps;
    }

    private ServicePlan plan(final EngineView view, final SwitchClient.State state) {
        return view.swarm() == null
                ? null
                : ServicePlan.of(
                        view.swarm(),
                        records.networks().all().stream()
                                .filter(n -> state.networks().containsKey(n.name()))
                                .toList());
    }

    private void ports(
            final List<Step> steps,
            final EngineView view,
            final List<Published> published,
            final SwitchClient.State state,
            final ServicePlan plan,
            final List<PolicyReport.Row> rows,
            final List<String> problems) {
        final Map<String, Views.Policy> policies = policies();
        final Map<String, Views.Port> ports = state.ports();
        for (final Records.Endpoint endpoint : records.endpoints().all()) {
            final Views.Policy policy = policies.get(endpoint.port());
            final Views.Port port = ports.get(endpoint.port());
            final EngineView.Attached attached = view.endpoints().get(endpoint.id());
            if (policy != null && port != null && attached != null) {
                final Labels labels = Labels.of(view, attached, problems);
                rows.addAll(PolicyReport.rows(endpoint, attached, view, labels));
                add(steps, LabelRules.plan(labels), policy);
                limits(steps, endpoint, labels.policy(), port);
            }
            if (policy != null && port != null && plan != null) {
                final Published by = Mesh.of(view, endpoint, published);
                final Records.Network network = records.networks().get(endpoint.network());
                add(
                        steps,
                        by == null || network == null
                                ? plan.layer(port.network())
                                : plan.layer(network, endpoint, by),
                        policy);
            }
        }
        for (final Records.Network network : records.networks().all()) {
            final Views.Policy policy = policies.get(Mesh.device(network));
            if (policy != null && plan != null) {
                add(steps, plan.layer(network.name()), policy);
            }
        }
    }

    private Map<String, Views.Policy> policies() {
        final Map<String, Views.Policy> policies = new HashMap<>();
        vswitch.read("/v1/rules", Views.Policies.class)
                .ports()
                .forEach(policy -> policies.put(policy.port(), policy));
        return policies;
    }

    private void add(final List<Step> steps, final LayerPlan plan, final Views.Policy policy) {
        planned.put(policy.port() + " " + plan.layer(), plan);
        final List<Change> changes = plan.changes(policy, texts);
        if (!changes.isEmpty()) {
            steps.add(
                    new Step(
                            policy.port(),
                            "layer %s isn't as %s say".formatted(plan.layer(), plan.layer()),
                            changes));
        }
    }

    private void limits(
            final List<Step> steps,
            final Records.Endpoint endpoint,
            final EndpointPolicy labels,
            final Views.Port port) {
        final boolean labelled = labels.rateIn() != null || labels.rateOut() != null;
        if (!labelled && !limited.contains(endpoint.port())) {
            return;
        }
        if (labelled) {
            limited.add(endpoint.port());
        }
        final EndpointPolicy options =
                endpoint.policy() == null ? EndpointPolicy.NONE : endpoint.policy();
        final EndpointPolicy policy = labels.over(options);
        final Limits wanted = Limits.ofRates(orNone(policy.rateIn()), orNone(policy.rateOut()));
        final String text = rates(wanted.over(Limits.DEFAULT).toString());
        if (!text.equals(rates(port.limits() == null ? "" : port.limits()))) {
            steps.add(
                    new Step(
                            port.name(),
                            "rates are '%s', should be '%s'".formatted(port.limits(), text),
                            List.of(new PortChange.SetLimits(port.name(), wanted))));
        }
    }

    private static String orNone(final String rate) {
        return rate == null ? "none" : rate;
    }

    /** The rates among limits on one line. */
    private static String rates(final String limits) {
        final List<String> rates = new ArrayList<>();
        for (final String limit : limits.split(", ")) {
            if (limit.startsWith("rate-")) {
                rates.add(limit);
            }
        }
        return String.join(", ", rates);
    }

    private void learn() {
        for (final Views.Policy policy : policies().values()) {
            for (final Views.Layer layer : policy.layers()) {
                final LayerPlan plan = planned.get(policy.port() + " " + layer.name());
                if (plan != null) {
                    plan.learn(policy, texts);
                }
            }
        }
    }
}

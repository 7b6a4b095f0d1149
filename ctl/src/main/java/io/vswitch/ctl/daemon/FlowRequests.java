package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.view.FlowInfo;
import io.vswitch.ctl.api.FlowFilter;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Refusal;
import java.util.List;

/** What clients ask about cached flows; any thread. */
final class FlowRequests {
    private static final int MAX_FLOWS = 100_000;
    private static final int DEFAULT_FLOWS = 100;

    private final Controller controller;
    private final VirtualSwitch vswitch;

    FlowRequests(final Controller controller, final VirtualSwitch vswitch) {
        this.controller = controller;
        this.vswitch = vswitch;
    }

    Views.Flows list(final Views.FlowsRequest request) {
        final int limit = limit(request);
        final List<FlowInfo> found = find(request, limit);
        return new Views.Flows(
                found.stream().limit(limit).map(FlowRequests::view).toList(), found.size() > limit);
    }

    /** The flows of {@link #list}, each with its other direction. */
    Views.FlowPairs pairs(final Views.FlowsRequest request) {
        final int limit = limit(request);
        final List<FlowInfo> found = find(request, limit);
        final List<FlowInfo> shown = found.stream().limit(limit).toList();
        final FlowPairs pairs = new FlowPairs(vswitch, controller.state().balancers());
        return new Views.FlowPairs(
                pairs.of(shown).stream().map(FlowRequests::view).toList(), found.size() > limit);
    }

    private static int limit(final Views.FlowsRequest request) {
        final int limit = request.limit() == null ? DEFAULT_FLOWS : request.limit();
        if (limit < 1 || limit > MAX_FLOWS) {
            throw Refusal.usage("limit '" + limit + "'; allowed are 1 to " + MAX_FLOWS);
        }
        return limit;
    }

    /** One more than the limit, if there is. */
    private List<FlowInfo> find(final Views.FlowsRequest request, final int limit) {
        return vswitch.flows(
                matcher(request.filter()), FlowMatcher.order(request.sort()), limit + 1);
    }

    private static Views.FlowPair view(final FlowPairs.Pair pair) {
        return new Views.FlowPair(
                pair.there() == null ? null : view(pair.there()),
                pair.back() == null ? null : view(pair.back()),
                pair.connection() == null ? null : ConnectionRequests.view(pair.connection()),
                pair.backend());
    }

    Views.Killed kill(final Views.KillRequest request) {
        final boolean isAll = request.filter() == null || request.filter().hasNoCondition();
        if (isAll && !request.all()) {
            throw Refusal.usage("flows kill needs a condition, like --port web1, or --all");
        }
        if (!isAll && request.all()) {
            throw Refusal.usage("flows kill takes either conditions or --all, not both");
        }
        return new Views.Killed(vswitch.removeFlows(matcher(request.filter())));
    }

    private FlowMatcher matcher(final FlowFilter filter) {
        if (filter != null && filter.port() != null) {
            controller.state().port(filter.port());
        }
        return new FlowMatcher(filter == null ? FlowFilter.ALL : filter);
    }

    private static Views.Flow view(final FlowInfo flow) {
        return new Views.Flow(
                FlowText.of(flow.fields()),
                flow.ingress(),
                flow.egress(),
                flow.drop(),
                flow.rewrite(),
                flow.rules().stream().map(Object::toString).toList(),
                flow.packets(),
                flow.bytes(),
                flow.ageMs(),
                flow.idleMs(),
                flow.generation(),
                flow.worker());
    }
}

package io.vswitch.containers.docker;

import io.vswitch.ctl.state.RulesChange;
import java.util.ArrayList;
import java.util.List;

/** The layer of rules that labels ask for; stateless. */
final class LabelRules {
    /** Name of the layer. */
    static final String LAYER = "labels";

    /** Sees addresses as containers write them: virtual ones of services, too. */
    private static final int PRIORITY = 110;

    private static final int FIRST = 10;

    private LabelRules() {}

    /** The layer's rules; their ids say where the label stands. */
    static LayerPlan plan(final Labels labels) {
        final EndpointPolicy policy = labels.policy();
        final boolean any = policy.aclIn() != null || policy.aclOut() != null;
        return new LayerPlan(
                LAYER,
                PRIORITY,
                any ? rules(policy.aclIn(), labels.kind("acl-in")) : List.of(),
                any ? rules(policy.aclOut(), labels.kind("acl-out")) : List.of());
    }

    private static List<RulesChange.Line> rules(final String acl, final String kind) {
        final List<RulesChange.Line> lines = new ArrayList<>();
        EndpointPolicy.ALWAYS.forEach((id, text) -> lines.add(new RulesChange.Line(id, 1, text)));
        int number = 0;
        for (final String rule : EndpointPolicy.split(acl)) {
            number++;
            lines.add(new RulesChange.Line(kind + "-" + number, FIRST + number, rule));
        }
        return lines;
    }
}

package io.vswitch.ctl.document;

import io.vswitch.ctl.document.Document.BalancerEntry;
import io.vswitch.ctl.state.BackendSpec;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.rules.Affinity;
import io.vswitch.rules.Backend;
import io.vswitch.rules.LoadBalancer;
import java.util.ArrayList;
import java.util.List;

/** Turns nodes into load balancers; stateless. */
final class BalancerParser {
    private static final List<String> BALANCER = List.of("affinity", "seed", "backends");
    private static final List<String> BACKEND = List.of("backend", "weight", "state", "mac");

    private BalancerParser() {}

    static BalancerEntry balancer(final String name, final Node node) {
        final Fields fields = new Fields(node, BALANCER);
        node.place().run(() -> Names.checkLabel("load balancer", name));
        final String word = fields.text("affinity");
        final Affinity affinity =
                fields.place("affinity")
                        .run(() -> word == null ? Affinity.NONE : Affinity.of(word));
        final String seed = fields.text("seed", BalancerParser::seed);
        final List<Backend> backends = new ArrayList<>();
        for (final Node item : Fields.list(fields.get("backends"))) {
            backends.add(backend(item));
        }
        final LoadBalancer balancer =
                node.place()
                        .run(
                                () ->
                                        new LoadBalancer(
                                                name,
                                                affinity,
                                                seed == null ? 0 : Long.parseLong(seed),
                                                backends));
        return new BalancerEntry(balancer, seed != null, node.place());
    }

    private static String seed(final String text) {
        if (!text.matches("\\d{1,19}")
                || text.length() == 19 && text.compareTo("" + Long.MAX_VALUE) > 0) {
            throw Refusal.usage("'" + text + "'; allowed are 0 to " + Long.MAX_VALUE);
        }
        return text;
    }

    /** A backend: its address alone, or with what else there is to say. */
    private static Backend backend(final Node node) {
        if (node instanceof Node.Scalar) {
            final String id = Fields.text(node);
            return node.place().run(() -> new BackendSpec(id, null, null, null).parse());
        }
        final Fields fields = new Fields(node, BACKEND);
        if (fields.get("backend") == null) {
            throw fields.place().refuse("backend is missing; write it like backend: 10.0.0.1:80");
        }
        final BackendSpec spec =
                new BackendSpec(
                        fields.text("backend"),
                        fields.number("weight", Backend.DEFAULT_WEIGHT),
                        fields.text("state"),
                        fields.text("mac"));
        return node.place().run(spec::parse);
    }
}

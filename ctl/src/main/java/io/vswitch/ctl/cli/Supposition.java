package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** A rule more, or less, that is only supposed. */
final class Supposition {
    private static final String DEFAULT_LAYER = "acl";

    @Option(
            names = "--with",
            paramLabel = "RULE",
            description =
                    "What if there were this rule, like: 'block proto icmp'. Changes nothing.")
    private String with;

    @Option(
            names = "--without",
            paramLabel = "ID",
            description = "What if there were not this rule. Changes nothing.")
    private String without;

    @Option(
            names = "--at",
            paramLabel = "PORT",
            description = "The port of that rule (default: the one the packet comes from).")
    private String port;

    @Option(names = "--layer", paramLabel = "LAYER", description = "Its layer (default: acl).")
    private String layer;

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "Its group (default: out at the port the packet comes from, else in).")
    private String group;

    @Option(
            names = "--priority",
            paramLabel = "N",
            description = "The priority of the rule of --with (default: 100).")
    private Integer priority;

    /** What to suppose about the packets of a port; empty: nothing. */
    List<Change> changes(final String from) {
        if (priority != null && with == null) {
            throw Refusal.usage("--priority needs --with");
        }
        if (with == null
                && without == null
                && Stream.of(port, layer, group).anyMatch(o -> o != null)) {
            throw Refusal.usage("--at, --layer and --group need --with or --without");
        }
        final String at = port == null ? from : port;
        final String in = layer == null ? DEFAULT_LAYER : layer;
        final String of = group != null ? group : at.equals(from) ? "out" : "in";
        final List<Change> changes = new ArrayList<>();
        if (without != null) {
            changes.add(new PolicyChange.DeleteRule(at, in, of, without));
        }
        if (with != null) {
            changes.add(new PolicyChange.AddRule(at, in, of, null, priority, with));
        }
        return changes;
    }
}

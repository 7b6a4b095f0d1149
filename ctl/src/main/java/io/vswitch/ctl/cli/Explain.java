package io.vswitch.ctl.cli;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.LayerStep;
import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl explain}. */
@Command(
        name = "explain",
        description = "Show what would happen to a packet, rule by rule, without sending it.")
final class Explain extends Reading<Explanation> {
    @Parameters(index = "0", paramLabel = "PORT", description = "The port it comes from.")
    private String port;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "PACKET",
            description =
                    "Like: icmp 10.0.0.1 > 10.0.0.2; tcp 10.0.0.1:1234 > 10.0.0.2:80 syn; udp"
                        + " [fd00::1]:53 > [fd00::2]:53; arp who-has 10.0.0.2; hex:0011...; before"
                        + " it may stand MAC > MAC and vlan N. Quote it, for the shell's sake.")
    private List<String> packet;

    Explain() {
        super(Explanation.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        final String text = String.join(" ", packet);
        return daemon.post("/v1/explain", Json.write(new Views.ExplainRequest(port, text)));
    }

    @Override
    void print(final Explanation answer, final PrintWriter out) {
        out.println("packet   " + answer.packet());
        out.println("from     " + answer.ingress());
        for (final LayerStep step : answer.steps()) {
            out.println(step(step));
        }
        if (answer.forwarding() != null) {
            out.println("forward  " + answer.forwarding());
        }
        if (answer.rewrite() != null) {
            out.println("rewrite  " + answer.rewrite());
        }
        out.println(
                answer.drop() != null
                        ? "result   dropped: " + answer.drop()
                        : "result   sent to " + String.join(", ", answer.egress()));
        out.println(
                "flow     "
                        + (answer.cached()
                                ? "cached, " + answer.flowPackets() + " packets"
                                : "not cached")
                        + ", rules of generation "
                        + answer.generation());
    }

    private static String step(final LayerStep step) {
        final String direction = step.direction() == Direction.INBOUND ? "in" : "out";
        final String rule =
                step.rule() == null
                        ? ""
                        : " by " + step.layer() + "." + step.group() + ": " + step.rule();
        return "layer    %s %s %s: %s%s"
                .formatted(step.port(), direction, step.layer(), step.outcome(), rule);
    }
}

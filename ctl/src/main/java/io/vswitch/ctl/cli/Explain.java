package io.vswitch.ctl.cli;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.LayerStep;
import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vswitchctl explain}. */
@Command(
        name = "explain",
        description = "Show what would happen to a packet, rule by rule, without sending it.")
final class Explain extends Reading<Explanation> {
    @Mixin private PacketSource packet;

    @Mixin private Supposition supposition;

    @Option(
            names = "--remote",
            paramLabel = "IP",
            description = "Peer that it comes from, where the port is a tunnel.")
    private String remote;

    Explain() {
        super(Explanation.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        final var request =
                new Views.ExplainRequest(
                        packet.port(), remote, packet.text(), supposition.changes(packet.port()));
        return daemon.post("/v1/explain", Json.write(request));
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
                        + (answer.supposed() ? "not looked up" : flow(answer))
                        + ", rules of generation "
                        + answer.generation()
                        + (answer.supposed() ? " with what is supposed" : ""));
    }

    private static String flow(final Explanation answer) {
        return answer.cached() ? "cached, " + answer.flowPackets() + " packets" : "not cached";
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

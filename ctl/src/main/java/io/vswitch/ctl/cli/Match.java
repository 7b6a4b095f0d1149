package io.vswitch.ctl.cli;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.view.LayerStep;
import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vswitchctl match}. */
@Command(
        name = "match",
        description =
                "Show which rule of one layer of a port a packet hits, whatever the other layers,"
                        + " connections and tables would do to it.")
final class Match extends Reading<LayerStep> {
    @Mixin private PacketSource packet;

    @Option(
            names = "--layer",
            paramLabel = "LAYER",
            defaultValue = "acl",
            description = "The layer (default: ${DEFAULT-VALUE}).")
    private String layer;

    @Option(
            names = "--direction",
            paramLabel = "WAY",
            defaultValue = "out",
            description = "out: from the port's endpoint; in: to it (default: ${DEFAULT-VALUE}).")
    private String direction;

    Match() {
        super(LayerStep.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.post(
                "/v1/match",
                Json.write(new Views.MatchRequest(packet.port(), layer, direction, packet.text())));
    }

    @Override
    void print(final LayerStep step, final PrintWriter out) {
        out.println("layer    " + step.port() + " " + way(step) + " " + step.layer());
        out.println(
                "rule     " + (step.rule() == null ? "none" : step.group() + ": " + step.rule()));
        out.println("outcome  " + step.outcome());
    }

    private static String way(final LayerStep step) {
        return step.direction() == Direction.INBOUND ? "in" : "out";
    }
}

package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vswitchctl flows kill}. */
@Command(
        name = "kill",
        description = "Forget cached flows: the next packet of each is decided anew.")
final class KillFlows extends Reading<Views.Killed> {
    @Mixin private FlowConditions conditions;

    @Option(names = "--all", description = "All flows; needed when no other option tells which.")
    private boolean all;

    KillFlows() {
        super(Views.Killed.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        final var request = new Views.KillRequest(conditions.filter(), all);
        return daemon.post("/v1/flows/kill", Json.write(request));
    }

    @Override
    void print(final Views.Killed answer, final PrintWriter out) {
        out.println(answer.flows() + (answer.flows() == 1 ? " flow" : " flows") + " killed");
    }
}

package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl list-rules}. */
@Command(name = "list-rules", description = "List layers, groups and rules with their counters.")
final class ListRules extends Reading<Views.Policies> {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PORT",
            description = "The port (default: all).")
    private String port;

    ListRules() {
        super(Views.Policies.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/rules" + query("port", port));
    }

    @Override
    void print(final Views.Policies answer, final PrintWriter out) {
        final Table table =
                new Table(
                        "PORT", "LAYER.GROUP", "DIR", "ID", "PRIORITY", "PACKETS", "BYTES", "RULE");
        answer.ports()
                .forEach(policy -> policy.layers().forEach(l -> layer(table, policy.port(), l)));
        table.print(out);
    }

    private static void layer(final Table table, final String port, final Views.Layer layer) {
        for (final Views.Group group : layer.groups()) {
            if (group.where() != null) {
                table.row(
                        port,
                        layer.name() + "." + group.name(),
                        group.direction(),
                        null,
                        group.priority(),
                        null,
                        null,
                        "group where " + group.where());
            }
            for (final Views.Rule rule : group.rules()) {
                table.row(
                        port,
                        layer.name() + "." + group.name(),
                        group.direction(),
                        rule.id(),
                        rule.priority(),
                        rule.packets(),
                        Table.bytes(rule.bytes()),
                        rule.text());
            }
        }
        table.row(
                port,
                layer.name(),
                null,
                null,
                layer.priority(),
                null,
                null,
                "default "
                        + layer.defaultAction()
                        + (layer.stateful() ? ", stateful" : "")
                        + (layer.owner() == null ? "" : ", owner " + layer.owner()));
    }
}

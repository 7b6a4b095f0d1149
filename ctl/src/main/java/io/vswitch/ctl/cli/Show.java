package io.vswitch.ctl.cli;

import io.vswitch.core.view.WorkerInfo;
import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code vswitchctl show}. */
@Command(name = "show", description = "Show the whole switch on one screen.")
final class Show extends Reading<Views.Overview> {
    Show() {
        super(Views.Overview.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/overview");
    }

    @Override
    void print(final Views.Overview answer, final PrintWriter out) {
        final Views.Status status = answer.status();
        final Views.Traffic totals = answer.totals();
        out.printf(
                "vswitchd %s, pid %d, up %s, rules of generation %d%n",
                status.version(), status.pid(), Table.span(status.uptimeMs()), status.generation());
        out.println(workers(answer.workers()));
        out.printf(
                "received %d packets (%s), sent %d (%s), dropped %d%n%n",
                totals.rxPackets(),
                Table.bytes(totals.rxBytes()),
                totals.txPackets(),
                Table.bytes(totals.txBytes()),
                totals.dropped());
        ListNetworks.print(answer.networks(), out);
        out.println();
        ListPorts.print(answer.ports(), out);
        if (!answer.tags().isEmpty()) {
            out.println();
            ListTags.print(answer.tags(), out);
        }
    }

    private static String workers(final List<WorkerInfo> workers) {
        final long rings = workers.stream().filter(WorkerInfo::usesUring).count();
        final String writes =
                rings == workers.size()
                        ? "writing through io_uring"
                        : rings == 0 ? "no io_uring in use" : rings + " writing through io_uring";
        return "%d worker%s, %s idle, %s"
                .formatted(
                        workers.size(),
                        workers.size() == 1 ? "" : "s",
                        workers.get(0).idle(),
                        writes);
    }
}

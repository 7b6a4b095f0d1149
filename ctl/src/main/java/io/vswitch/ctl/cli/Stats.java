package io.vswitch.ctl.cli;

import io.vswitch.core.view.WorkerInfo;
import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vswitchctl stats}. */
@Command(name = "stats", description = "Show packet and byte counters of the switch and its ports.")
final class Stats implements Callable<Integer> {
    private static final String DEFAULT_FILE = "/run/vswitch/counters";

    @Mixin private Connection connection;

    @Option(
            names = "--file",
            paramLabel = "COUNTERS",
            arity = "0..1",
            fallbackValue = DEFAULT_FILE,
            description =
                    "Read the counters file instead of asking vswitchd, which may hang (default"
                            + " file: "
                            + DEFAULT_FILE
                            + ").")
    private Path file;

    @Option(
            names = "--meters",
            description = "Instead: what passed by rules with a meter, by port and direction.")
    private boolean meters;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        if (file != null && meters) {
            throw Refusal.usage("stats takes either --file or --meters, not both");
        }
        if (file != null) {
            printFile(out);
        } else if (meters) {
            printMeters(out);
        } else {
            printDaemon(out);
        }
        out.flush();
        return 0;
    }

    private void printFile(final PrintWriter out) throws IOException {
        final CounterStats.Snapshot snapshot = CounterStats.read(file);
        if (json) {
            out.println(Json.pretty(Json.write(snapshot)));
            return;
        }
        out.printf(
                "process %d, last sign of life %s ago%n",
                snapshot.pid(), Table.span(snapshot.heartbeatAgeMs()));
        final Table table = table();
        snapshot.ports().forEach(port -> row(table, port.port(), port.traffic()));
        table.print(out);
    }

    private void printDaemon(final PrintWriter out) throws IOException {
        try (ApiClient daemon = connection.open()) {
            final byte[] answer = daemon.get("/v1/stats");
            if (json) {
                out.println(Json.pretty(answer));
                return;
            }
            final Views.Stats stats = Json.read(answer, Views.Stats.class);
            final Table table = table();
            stats.ports().forEach(port -> row(table, port.name(), port.traffic()));
            row(table, "total", stats.totals());
            table.print(out);
            out.println();
            workers(stats.workers()).print(out);
        }
    }

    private void printMeters(final PrintWriter out) throws IOException {
        try (ApiClient daemon = connection.open()) {
            final byte[] answer = daemon.get("/v1/meters");
            if (json) {
                out.println(Json.pretty(answer));
                return;
            }
            final List<Views.Meter> meters = Json.read(answer, Views.Meters.class).meters();
            if (meters.isEmpty()) {
                out.println("no meters; a rule names one by `meter NAME`");
                return;
            }
            final Table table = new Table("METER", "PORT", "DIR", "PACKETS", "BYTES");
            for (final Views.Meter m : meters) {
                table.row(m.name(), m.port(), m.direction(), m.packets(), Table.bytes(m.bytes()));
            }
            table.print(out);
        }
    }

    private static Table workers(final List<WorkerInfo> workers) {
        final Table table =
                new Table(
                        "WORKER",
                        "FLOWS",
                        "OF",
                        "ADDED",
                        "EXPIRED",
                        "EVICTED",
                        "PRESSURE",
                        "MACS",
                        "MACS MOVED",
                        "MACS EVICTED");
        for (final WorkerInfo worker : workers) {
            final WorkerInfo.Flows flows = worker.flows();
            final WorkerInfo.Macs macs = worker.macs();
            table.row(
                    worker.index(),
                    flows.size(),
                    flows.capacity(),
                    flows.inserted(),
                    flows.expired(),
                    flows.evicted(),
                    pressure(flows),
                    macs.size(),
                    macs.moved(),
                    macs.evicted());
        }
        return table;
    }

    /** What the table does for want of room, with how often it came to that. */
    private static String pressure(final WorkerInfo.Flows flows) {
        return "%s (shortened %d, full %d times)"
                .formatted(
                        flows.pressure().name().toLowerCase(Locale.ROOT),
                        flows.timesShortened(),
                        flows.timesFull());
    }

    private static Table table() {
        return new Table("PORT", "RX PACKETS", "RX BYTES", "TX PACKETS", "TX BYTES", "DROPPED");
    }

    private static void row(final Table table, final String port, final Views.Traffic traffic) {
        table.row(
                port,
                traffic.rxPackets(),
                Table.bytes(traffic.rxBytes()),
                traffic.txPackets(),
                Table.bytes(traffic.txBytes()),
                traffic.dropped());
    }
}

package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Limits;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.Refusal;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl set-rate}. */
@Command(name = "set-rate", description = "Limit how much may pass a port.")
final class SetRate extends Changing {
    static final String RATE = "RATE";
    static final String HOW =
            " At most so much, like 10mbit, 1000pps or '10mbit burst 64k'; none: no limit.";

    @Parameters(index = "0", paramLabel = "NAME", description = "The port.")
    private String name;

    @Option(
            names = "--in",
            paramLabel = RATE,
            description = "What is sent to the port's endpoint." + HOW)
    private String in;

    @Option(names = "--out", paramLabel = RATE, description = "What the endpoint sends." + HOW)
    private String out;

    @Override
    List<Change> changes() {
        if (in == null && out == null) {
            throw Refusal.usage("nothing to set; allowed are --in and --out");
        }
        return List.of(new PortChange.SetLimits(name, Limits.ofRates(in, out)));
    }
}

package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.BackendSpec;
import io.vswitch.ctl.state.BalancerChange;
import io.vswitch.ctl.state.Change;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-lb}. */
@Command(
        name = "add-lb",
        description =
                "Add a load balancer for rules: add-lb web 10.0.0.11:80 10.0.0.12:80, then"
                        + " balance web where dst-ip 10.0.0.100 proto tcp dst-port 80")
final class AddLb extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the load balancer.")
    private String name;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "BACKEND",
            description = "IP, IPV4:PORT or [IPV6]:PORT, of weight 100.")
    private List<String> backends;

    @Option(
            names = "--affinity",
            defaultValue = "none",
            description =
                    "What goes to the same backend: connections (none), those of a client and"
                            + " protocol (client-proto) or of a client (client)"
                            + " (default: ${DEFAULT-VALUE}).")
    private String affinity;

    @Option(
            names = "--seed",
            description =
                    "Seed of the hash, 0 to 2^63-1; switches with the same seed choose alike"
                            + " (default: random).")
    private Long seed;

    @Override
    List<Change> changes() {
        final List<BackendSpec> specs =
                backends == null
                        ? List.of()
                        : backends.stream()
                                .map(id -> new BackendSpec(id, null, null, null))
                                .toList();
        return List.of(new BalancerChange.Add(name, affinity, seed, specs));
    }
}

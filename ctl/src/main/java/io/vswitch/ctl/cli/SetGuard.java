package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.PortChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl set-guard}. */
@Command(
        name = "set-guard",
        description = "Choose what is checked of the frames that a port's endpoint sends.")
final class SetGuard extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The port.")
    private String name;

    @Parameters(
            index = "1",
            paramLabel = "auto|none|LIST",
            description =
                    "auto: all that its MAC and addresses are enough for; or some of"
                            + " mac,ipv4,ipv6,arp,nd,dhcp,ra,storm.")
    private String guards;

    @Override
    List<Change> changes() {
        return List.of(new PortChange.SetGuards(name, Guards.parse(guards)));
    }
}

package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A port whose device a container runtime takes, against the daemon's parts. */
class HandOverTest {
    @TempDir private Path directory;

    private static PortSpec port(final String name, final PortSpec.Handover handover) {
        return new PortSpec(
                name,
                PortType.TAP,
                "red",
                null,
                null,
                name,
                "02:00:00:00:00:01",
                List.of("10.0.0.1/24"),
                List.of(),
                0,
                true,
                true,
                null,
                null,
                handover);
    }

    private static void add(final LocalDaemon daemon, final PortSpec port) throws IOException {
        daemon.controller.apply(
                Arrays.asList(
                        new NetworkChange.Add(new NetworkSpec("red", null, 100, 10_000)),
                        new PortChange.Add(port)),
                null);
    }

    @Test
    void shouldKeepTheDeviceAndRememberWhereItWentWhenHandedOver() throws IOException {
        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            add(daemon, port("vd1", new PortSpec.Handover(null)));
            final Object device = daemon.devices.open.get("vd1");

            daemon.controller.apply(Arrays.asList(new PortChange.HandOver("vd1", "/run/x")), null);

            assertEquals(device, daemon.devices.open.get("vd1"));
            assertTrue(daemon.run("list-ports").ok().out().contains("/run/x"));
        }
        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            assertEquals(
                    new PortSpec.Handover("/run/x"), daemon.state().port("vd1").spec().handover());
        }
    }

    @Test
    void shouldRefuseToHandOverWhatWasNotAddedForIt() throws IOException {
        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            add(daemon, port("web", null));

            final Refusal refusal =
                    assertThrows(
                            Refusal.class,
                            () ->
                                    daemon.controller.apply(
                                            Arrays.asList(new PortChange.HandOver("web", "/run/x")),
                                            null));
            assertEquals("port 'web' was not added to be handed over", refusal.getMessage());
        }
    }

    @Test
    void shouldLeavePortsAndNetworksOfContainersWhenADocumentPrunes() throws IOException {
        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            add(daemon, port("vd1", new PortSpec.Handover("/run/x")));
            daemon.run("add-port other --network none").ok();
            final Path file =
                    Files.writeString(directory.resolve("d.yaml"), "networks: {}\nports: {}\n");

            daemon.run("apply --prune -f " + file).ok();

            assertEquals(List.of("vd1"), List.copyOf(daemon.state().ports().keySet()));
            assertTrue(daemon.state().networks().containsKey("red"));
        }
    }
}

package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.port.Port;
import io.vswitch.ctl.api.ApiServer;
import io.vswitch.ctl.cli.Run;
import io.vswitch.ctl.persist.Journal;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.PortSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/** The daemon's parts in this JVM, all real but for the devices: ports are in memory. */
final class LocalDaemon implements AutoCloseable {
    final Path directory;
    final Path socket;
    final VirtualSwitch vswitch;
    final Controller controller;
    final Devices devices = new Devices();
    final MemoryTunnels tunnels = new MemoryTunnels();
    private final Journal journal;
    private final ApiServer server;

    /** Memory ports, with a record of which would outlive the process. */
    static final class Devices implements PortOpener {
        final Map<String, MemoryPort> open = new HashMap<>();
        final Set<String> kept = new HashSet<>();
        String failing;

        @Override
        public Port create(final PortSpec spec) {
            if (spec.name().equals(failing)) {
                throw new SwitchException(
                        "open device '" + spec.name() + "': Operation not permitted");
            }
            final int mtu = spec.mtu() == 0 ? 1500 : spec.mtu();
            final MemoryPort port = new MemoryPort(spec.name(), mtu, 0, 1 << 20);
            open.put(spec.name(), port);
            return port;
        }

        @Override
        public Port restore(final PortSpec spec) {
            return create(spec);
        }

        @Override
        public void keep(final Port port, final boolean keep) {
            if (keep) {
                kept.add(port.name());
            } else {
                kept.remove(port.name());
            }
        }
    }

    LocalDaemon(final Path directory) throws IOException {
        this.directory = directory;
        final Settings settings =
                CommandLine.populateCommand(
                        new Settings(),
                        "--run-dir=" + directory,
                        "--state-dir=" + directory.resolve("state"),
                        "--group=root");
        socket = settings.socket();
        vswitch =
                VirtualSwitch.launch(
                        new SwitchContext().flowCapacity(1024).smallSlabs(512).largeSlabs(16));
        final Controller.Stored stored;
        try {
            stored = Controller.Stored.open(settings.stateDirectory);
        } catch (IOException e) {
            vswitch.close();
            throw e;
        }
        journal = stored.journal();
        controller = new Controller(stored, vswitch, devices, tunnels);
        final Service service = new Service(settings, controller, vswitch);
        server = ApiServer.start(socket, settings.socketGroup(), service);
    }

    DesiredState state() {
        return controller.state();
    }

    Run run(final String command) {
        return Run.at(socket, command);
    }

    /**
     * What must not differ after a refused request: journal, desired state, live ports, networks,
     * devices.
     */
    String fingerprint() throws IOException {
        return controller.journalBytes()
                + " "
                + Files.size(directory.resolve("state/journal.log"))
                + " "
                + controller.state().toChanges()
                + " "
                + vswitch.ports().stream().map(p -> p.name() + p.enabled()).sorted().toList()
                + vswitch.networks()
                + vswitch.generation()
                + devices.kept;
    }

    /** From now on nothing can be written to it. */
    void breakJournal() throws IOException {
        journal.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        controller.close();
    }
}

package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.SwitchContext;
import io.vswitch.ctl.directory.Directory;
import io.vswitch.ctl.directory.DirectoryAddress;
import io.vswitch.ctl.directory.DirectoryKey;
import io.vswitch.ctl.directory.EtcdAddress;
import io.vswitch.ctl.directory.EtcdDirectory;
import io.vswitch.ctl.directory.JGroupsDirectory;
import io.vswitch.ctl.directory.NodeId;
import io.vswitch.ctl.directory.Timers;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.tap.EpollPoller;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import picocli.CommandLine.Option;

/**
 * The daemon's settings, each declared once: flag, system property, default and the row in the
 * manual come from here. Filled by picocli before anything runs, read only afterwards.
 */
public final class Settings {
    private static final String DEFAULT_GROUP = "vswitch";
    private static final int MAX_WORKERS = 64;
    private static final int MIN_FLOWS = 1024;
    private static final int MAX_FLOWS = 16_777_216;
    private static final int MAX_TIMEOUT_SECONDS = 300;

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            defaultValue = "${sys:vswitch.run.dir:-/run/vswitch}",
            description = "Directory of socket, pid file and counters (default: ${DEFAULT-VALUE}).")
    Path runDirectory;

    @Option(
            names = "--socket",
            paramLabel = "FILE",
            defaultValue = "${sys:vswitch.socket}",
            description = "Control socket (default: vswitchd.sock in the run directory).")
    private Path socketFile;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = "${sys:vswitch.state.dir:-/var/lib/vswitch}",
            description = "Directory of the journal (default: ${DEFAULT-VALUE}).")
    Path stateDirectory;

    @Option(
            names = "--counters",
            paramLabel = "FILE",
            defaultValue = "${sys:vswitch.counters}",
            description = "Mapped counters file (default: counters in the run directory).")
    private Path countersFile;

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            defaultValue = "${sys:vswitch.group}",
            description =
                    "Group whose members may use the socket (default: vswitch where that group"
                            + " exists, else root).")
    private String group;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "${sys:vswitch.workers:-1}",
            description = "Threads that forward packets, 1 to 64 (default: ${DEFAULT-VALUE}).")
    int workers;

    @Option(
            names = "--flow-capacity",
            paramLabel = "N",
            defaultValue = "${sys:vswitch.flow.capacity:-262144}",
            description =
                    "Most cached flows of a worker, 1024 to 16777216 (default: ${DEFAULT-VALUE}).")
    int flowCapacity;

    @Option(
            names = "--busy-spin",
            defaultValue = "${sys:vswitch.busy.spin:-false}",
            description = "Workers never sleep: for cores of their own.")
    boolean busySpin;

    @Option(
            names = "--tcp-liberal",
            defaultValue = "${sys:vswitch.tcp.liberal:-false}",
            description =
                    "Let TCP segments of connections pass whatever their sequence numbers, for"
                            + " peers that don't keep to their windows.")
    boolean tcpLiberal;

    @Option(
            names = "--cut-super-frames",
            defaultValue = "${sys:vswitch.cut.super.frames:-false}",
            description =
                    "Overlays send and receive through UDP sockets alone, in datagrams that the"
                            + " host's packet filter sees.")
    boolean cutSuperFrames;

    @Option(
            names = "--directory",
            paramLabel = "WHERE",
            defaultValue = "${sys:vswitch.directory}",
            description =
                    "Share the endpoints of overlay networks with other hosts:"
                            + " jgroups:IP[:PORT],IP[:PORT],... names some of them, this one among"
                            + " them; jgroups:multicast@IP[:PORT] finds them, IP is ours;"
                            + " etcd://HOST[:PORT],... is a cluster of etcd.")
    private String directory;

    @Option(
            names = "--directory-ca",
            paramLabel = "FILE",
            defaultValue = "${sys:vswitch.directory.ca}",
            description = "Speak TLS to etcd, whose certificate is signed by one in this file.")
    private Path directoryAuthority;

    @Option(
            names = "--directory-key",
            paramLabel = "FILE",
            defaultValue = "${sys:vswitch.directory.key}",
            description = "Secret of the hosts that share a directory, 16 bytes or more.")
    private Path directoryKey;

    @Option(
            names = "--directory-timeout",
            paramLabel = "SECONDS",
            defaultValue = "${sys:vswitch.directory.timeout:-8}",
            description =
                    "Silence after which a host of the directory counts as gone, 1 to 300 (default:"
                            + " ${DEFAULT-VALUE}).")
    private int directoryTimeout;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "${sys:vswitch.log.level:-info}",
            description = "error, warn, info or debug (default: ${DEFAULT-VALUE}).")
    String logLevel;

    /** Where the control socket is. */
    Path socket() {
        return socketFile != null ? socketFile : runDirectory.resolve("vswitchd.sock");
    }

    /** Where the counters are. */
    Path counters() {
        return countersFile != null ? countersFile : runDirectory.resolve("counters");
    }

    /** Where the process id is. */
    Path pidFile() {
        return runDirectory.resolve("vswitchd.pid");
    }

    /** Refuses what is out of range. */
    void check() {
        range("--workers", workers, 1, MAX_WORKERS);
        range("--flow-capacity", flowCapacity, MIN_FLOWS, MAX_FLOWS);
        range("--directory-timeout", directoryTimeout, 1, MAX_TIMEOUT_SECONDS);
        if (!logLevel.matches("error|warn|info|debug")) {
            throw Refusal.usage(
                    "--log-level '" + logLevel + "'; allowed are error, warn, info, debug");
        }
    }

    /** True when the command line says which directory it is. */
    boolean hasDirectory() {
        return directory != null;
    }

    /** Joins the directory, or none. */
    Directory openDirectory() throws IOException {
        if (directory == null) {
            return Directory.NONE;
        }
        if (directoryKey == null) {
            throw Refusal.usage("--directory needs --directory-key, the secret of its hosts");
        }
        final DirectoryKey key = DirectoryKey.read(directoryKey);
        final Timers timers = directoryTimers();
        final String node = NodeId.of(stateDirectory);
        if (EtcdAddress.is(directory)) {
            final boolean isTls = directoryAuthority != null;
            return EtcdDirectory.open(
                    node, EtcdAddress.parse(directory, isTls), directoryAuthority, key, timers);
        }
        return JGroupsDirectory.open(node, DirectoryAddress.parse(directory), key, timers);
    }

    /** How soon a silent host is gone from a directory. */
    Timers directoryTimers() {
        return new Timers(directoryTimeout * 1_000L);
    }

    private static void range(final String flag, final int value, final int min, final int max) {
        if (value < min || value > max) {
            throw Refusal.usage("%s %d; allowed are %d to %d".formatted(flag, value, min, max));
        }
    }

    /** The group of the socket. */
    GroupPrincipal socketGroup() throws IOException {
        final UserPrincipalLookupService groups =
                FileSystems.getDefault().getUserPrincipalLookupService();
        if (group != null) {
            try {
                return groups.lookupPrincipalByGroupName(group);
            } catch (UserPrincipalNotFoundException e) {
                throw Refusal.usage("--group '" + group + "': there is no such group");
            }
        }
        try {
            return groups.lookupPrincipalByGroupName(DEFAULT_GROUP);
        } catch (UserPrincipalNotFoundException e) {
            return groups.lookupPrincipalByGroupName("root");
        }
    }

    /** The switch with these settings. */
    SwitchContext context() {
        return new SwitchContext()
                .workers(workers)
                .flowCapacity(flowCapacity)
                .busySpin(busySpin)
                .tcpLiberal(tcpLiberal)
                .countersFile(counters())
                .pollers(EpollPoller::new);
    }
}

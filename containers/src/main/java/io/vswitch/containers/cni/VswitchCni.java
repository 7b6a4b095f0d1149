package io.vswitch.containers.cni;

import io.vswitch.containers.ServiceProcess;
import io.vswitch.containers.SwitchClient;
import io.vswitch.containers.UnixServer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Entry point of the process that answers the CNI script, which would else start a JVM per call;
 * the main thread starts it and waits for its end.
 */
@Command(
        name = "vswitch-cni",
        description = "Answers the CNI plugin vswitch: makes in vswitchd what runtimes ask for.",
        mixinStandardHelpOptions = true)
public final class VswitchCni implements Callable<Integer> {
    @Option(
            names = "--listen",
            paramLabel = "FILE",
            defaultValue = "/run/vswitch/cni.sock",
            description = "Where the script asks (default: ${DEFAULT-VALUE}).")
    private Path listen;

    @Option(
            names = "--socket",
            paramLabel = "FILE",
            defaultValue = "/run/vswitch/vswitchd.sock",
            description = "vswitchd's control socket (default: ${DEFAULT-VALUE}).")
    private Path socket;

    /** Runs it; exit code 2 for a wrong command line, 1 for a failure. */
    public static void main(final String[] args) {
        ServiceProcess.main("vswitch-cni", new VswitchCni(), args);
    }

    @Override
    public Integer call() throws Exception {
        try (ServiceProcess process = new ServiceProcess();
                SwitchClient vswitch = new SwitchClient(socket, null);
                UnixServer server =
                        UnixServer.start(listen, new CniHandler(new CniPlugin(vswitch)))) {
            LoggerFactory.getLogger(VswitchCni.class).info("listens at {}", server);
            process.awaitStop();
        }
        return 0;
    }
}

package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.containers.Host;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code vswitchctl docker} on a host where nothing runs yet; the scripts start the real programs.
 */
@Tag("root")
@Tag("engine")
class DockerCommandTest {
    @TempDir private Path directory;

    private String run(final Host host, final String command) throws Exception {
        return host.script(
                        "docker "
                                + command
                                + " --run-dir="
                                + directory
                                + " --plugin-dir="
                                + directory.resolve("plugins"))
                .text()
                .replaceAll("pid \\d+", "pid N")
                .replace(directory.toString(), "DIR");
    }

    @Test
    void shouldSetUpAndTakeBackInOneCommandEach() throws Exception {
        try (Host host = new Host(directory)) {
            assertEquals(
                    "vswitchctl: driver vswitch is not running (nobody answers at"
                            + " DIR/plugins/vswitch.sock); run `vswitchctl docker install`",
                    run(host, "status"));

            final String install = "install --state-dir=" + directory.resolve("docker-state");
            assertEquals(
                    """
                    vswitchd started, pid N, log DIR/vswitchd.log
                    driver vswitch started, pid N, log DIR/vswitch-docker.log
                    now: docker network create -d vswitch --subnet 10.80.0.0/24 NAME\
                    """,
                    run(host, install));
            assertEquals(
                    "vswitchd runs already\ndriver vswitch runs already, pid N",
                    run(host, install));
            assertEquals(
                    """
                    driver vswitch answers at DIR/plugins/vswitch.sock
                    vswitchd answers at DIR/vswitchd.sock
                    no networks\
                    """,
                    run(host, "status"));
            assertEquals("driver vswitch stopped; vswitchd goes on", run(host, "uninstall"));
            assertEquals("driver vswitch is not running", run(host, "uninstall"));
            assertTrue(host.vswitchctl("list-networks").ok() != null);
        }
    }
}

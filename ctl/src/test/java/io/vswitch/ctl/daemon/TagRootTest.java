package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tags replaced in the real daemon while the kernels of two namespaces ping each other. */
@Tag("root")
@Tag("long")
class TagRootTest {
    private static final int LEAST_REPLACEMENTS = 3;

    @TempDir private Path directory;

    private static void addPorts(final DaemonProcess daemon, final Namespaces spaces) {
        daemon.run("add-network red --subnet 10.78.0.0/24").ok();
        daemon.run("add-port web1 --network red --ip 10.78.0.1/24 --netns " + spaces.name(0)).ok();
        daemon.run(
                        "add-port web2 --network red --ip 10.78.0.2/24 --ip 10.78.0.3/24 --netns "
                                + spaces.name(1))
                .ok();
    }

    private static boolean pingsOnce(final Namespaces spaces, final String address)
            throws Exception {
        return spaces.in(0, "ping -c 1 -W 1 " + address + " || true").contains(" 0% packet loss");
    }

    @Test
    void shouldLoseNoAllowedPingAndBlockAtOnceWhenTagIsReplaced() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            addPorts(daemon, spaces);
            daemon.run("add-tag bad 10.78.0.99").ok();
            daemon.run("add-rule web2 in block dst-ip @bad").ok();
            assertTrue(spaces.pings(0, "10.78.0.2"), daemon.log());
            final Path out = directory.resolve("ping");
            final Process ping =
                    new ProcessBuilder(
                                    ("ip netns exec "
                                                    + spaces.name(0)
                                                    + " ping -i 0.01 -c 600 -W 2 10.78.0.2")
                                            .split(" "))
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile())
                            .start();
            try {
                for (int i = 0; i < LEAST_REPLACEMENTS || ping.isAlive(); i++) {
                    daemon.run("replace-tag bad 10.78.0.3 10.78.0.99").ok();
                    assertFalse(pingsOnce(spaces, "10.78.0.3"));
                    daemon.run("replace-tag bad 10.78.0.99").ok();
                    assertTrue(pingsOnce(spaces, "10.78.0.3"), daemon.log());
                }
            } finally {
                ping.destroyForcibly();
            }
            final String text = Files.readString(out);
            assertTrue(text.contains(" 0% packet loss"), text.substring(text.length() - 200));
        }
    }
}

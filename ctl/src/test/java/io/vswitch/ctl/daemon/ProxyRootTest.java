package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Web connections of a client are led through a proxy that keeps their addresses: a rule gives them
 * the proxy's MAC, and the proxy's own kernel knows where they were going.
 */
@Tag("root")
class ProxyRootTest {
    private static final String PROXY =
            "import socket, struct\n"
                    + "s = socket.create_server(('0.0.0.0', 3128))\n"
                    + "while True:\n"
                    + "    c, peer = s.accept()\n"
                    + "    raw = c.getsockopt(0, 80, 16)  # SOL_IP, SO_ORIGINAL_DST\n"
                    + "    port, ip = struct.unpack('!2xH4s8x', raw)\n"
                    + "    c.sendall(b'proxy: %s to %s:%d\\n'"
                    + " % (peer[0].encode(), socket.inet_ntoa(ip).encode(), port))\n"
                    + "    c.close()\n";

    @TempDir private Path directory;

    private Process start(final Namespaces spaces, final int index, final String command)
            throws IOException {
        return new ProcessBuilder(
                        "sh",
                        "-c",
                        "exec ip netns exec %s timeout 120 %s"
                                .formatted(spaces.name(index), command))
                .start();
    }

    private static void await(final Namespaces spaces, final int index, final int port)
            throws Exception {
        for (int i = 0; spaces.in(index, "ss -Hlnt sport = :" + port).isBlank(); i++) {
            assertTrue(i < 3000, "nobody listens at " + port);
            Thread.sleep(20);
        }
    }

    @Test
    void shouldLeadConnectionsThroughTheProxyButForExceptions() throws Exception {
        Namespaces.assumeRoot();
        assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v python3 && command -v nft")
                                .start()
                                .waitFor()
                        == 0,
                "SKIPPED: needs python3 and nft");
        final Path script = Files.writeString(directory.resolve("proxy.py"), PROXY);
        Process proxy = null;
        Process server = null;
        try (Namespaces spaces = new Namespaces(3);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            for (int i = 0; i < 3; i++) {
                daemon.run(
                                "add-port p%d --mac 02:00:00:00:80:0%d --ip 10.80.0.%d/24 --netns %s"
                                                .formatted(i, i, i + 1, spaces.name(i))
                                        + (i == 2 ? " --ip 10.80.0.4/24" : ""))
                        .ok();
            }
            // it answers in the name of the servers
            daemon.run("set-guard p1 mac,arp,dhcp,ra,storm").ok();
            spaces.in(
                    1,
                    "nft 'add table ip nat; add chain ip nat pre { type nat hook prerouting"
                            + " priority -100; }; add rule ip nat pre tcp dport 80 redirect to"
                            + " :3128'");
            proxy = start(spaces, 1, "python3 " + script);
            server = start(spaces, 2, "socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo server'");
            await(spaces, 1, 3128);
            await(spaces, 2, 80);

            daemon.run(
                            "add-rule p0 out rewrite dst-mac=02:00:00:00:80:01 where dst-ip not"
                                    + " 10.80.0.4 proto tcp dst-port 80")
                    .ok();

            assertEquals("proxy: 10.80.0.1 to 10.80.0.3:80\n", ask(spaces, "10.80.0.3"));
            assertEquals("server\n", ask(spaces, "10.80.0.4"));
            daemon.run("del-rule p0 out 1").ok();
            assertEquals("server\n", ask(spaces, "10.80.0.3"));
        } finally {
            stop(proxy);
            stop(server);
        }
    }

    private static String ask(final Namespaces spaces, final String address) throws Exception {
        return spaces.in(
                0, "sh -c 'socat -T 20 - TCP:" + address + ":80,connect-timeout=20 </dev/null'");
    }

    private static void stop(final Process process) {
        if (process != null) {
            process.destroy();
            process.onExit().join();
        }
    }
}

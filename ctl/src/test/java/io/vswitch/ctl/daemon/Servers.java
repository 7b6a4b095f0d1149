package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Servers of a test in its namespaces, by socat; gone with it. */
final class Servers implements AutoCloseable {
    private final Namespaces spaces;
    private final List<Process> processes = new ArrayList<>();

    Servers(final Namespaces spaces) {
        this.spaces = spaces;
    }

    /**
     * Starts one that tells each client its address and port, and waits until it listens.
     *
     * @param listen address of socat to listen at, as {@code TCP-LISTEN} or {@code UDP-RECVFROM}.
     */
    void tellWho(final int space, final String listen, final int port)
            throws IOException, InterruptedException {
        start(space, listen, port, "SYSTEM:'read hello; echo $SOCAT_PEERADDR $SOCAT_PEERPORT'");
    }

    /** Starts one that runs the command for each client, and waits until it listens. */
    void start(final int space, final String listen, final int port, final String command)
            throws IOException, InterruptedException {
        // an empty datagram says that there is no more to come: nobody waits for it
        final String end = listen.startsWith("UDP") ? ",shut-null" : "";
        final Process process =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "exec ip netns exec %s timeout 120 socat %s:%d,fork,reuseaddr%s %s"
                                        .formatted(spaces.name(space), listen, port, end, command))
                        .start();
        processes.add(process);
        while (spaces.in(space, "ss -Hlnut sport = :" + port).isBlank()) {
            assertTrue(process.isAlive(), "the server ended");
            Thread.sleep(20);
        }
    }

    /**
     * What a client gets from a server; of UDP, which may lose it, at the third time at the latest.
     *
     * @param server as {@code TCP:198.51.100.1:7000}, with options of socat behind it.
     */
    String ask(final int space, final String server) throws IOException, InterruptedException {
        final boolean tcp = server.startsWith("TCP");
        final String options = tcp ? ",connect-timeout=20" : ",null-eof";
        String answer = "";
        for (int i = 0; answer.isEmpty() && i < (tcp ? 1 : 3); i++) {
            answer =
                    spaces.in(
                                    space,
                                    "sh -c 'echo hello | socat -t 20 -T 20 - %s%s 2>/dev/null; true'"
                                            .formatted(server, options))
                            .trim();
        }
        return answer;
    }

    @Override
    public void close() {
        processes.forEach(Process::destroy);
        processes.forEach(process -> process.onExit().join());
    }
}

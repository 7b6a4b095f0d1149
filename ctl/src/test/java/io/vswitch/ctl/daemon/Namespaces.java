package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Namespaces of one test, gone with it; skips the test where they can't be made. */
final class Namespaces implements AutoCloseable {
    private static final long PID = ProcessHandle.current().pid();

    private final List<String> names = new ArrayList<>();

    Namespaces(final int count) throws IOException, InterruptedException {
        assumeRoot();
        for (int i = 0; i < count; i++) {
            final String name = "ctl" + PID + "x" + i;
            sh("ip netns add " + name);
            names.add(name);
        }
    }

    static void assumeRoot() {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "SKIPPED: needs root for namespaces and TAPs");
    }

    String name(final int index) {
        return names.get(index);
    }

    /** Runs a command inside a namespace and returns what it printed; fails unless it succeeds. */
    String in(final int index, final String command) throws IOException, InterruptedException {
        return sh("ip netns exec " + names.get(index) + " " + command);
    }

    boolean pings(final int index, final String address) throws IOException, InterruptedException {
        return exec("ip netns exec " + names.get(index) + " ping -c 3 -i 0.2 -W 2 " + address)
                        .waitFor()
                == 0;
    }

    static String sh(final String command) throws IOException, InterruptedException {
        final Process process = exec(command);
        final String out =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(command + ": " + out);
        }
        return out;
    }

    private static Process exec(final String command) throws IOException {
        return new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
    }

    @Override
    public void close() throws IOException {
        for (final String name : names) {
            exec("ip netns del " + name).onExit().join();
        }
    }
}

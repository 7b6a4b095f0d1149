package io.vswitch.vxlan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vswitch.tap.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Network namespaces of one test and commands in them; removed by {@link #close}. */
final class Lab implements AutoCloseable {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final long LIMIT_SECONDS = 60;

    private final String prefix =
            "vx" + ProcessHandle.current().pid() + "x" + NEXT.incrementAndGet();
    private final Deque<String> namespaces = new ArrayDeque<>();
    private final List<Process> started = new ArrayList<>();

    Lab() {
        final boolean root = "root".equals(System.getProperty("user.name"));
        assumeTrue(root, "needs root: network namespaces and TAP devices");
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun (modprobe tun)");
    }

    /** Makes a namespace, known here by its short name. */
    void add(final String name) {
        run("ip", "netns", "add", prefix + name);
        namespaces.push(prefix + name);
        ip(name, "link set lo up");
    }

    NetworkNamespace namespace(final String name) {
        return NetworkNamespace.open(prefix + name);
    }

    /** Joins two namespaces by a veth pair, an end named {@code u} in each, with an address. */
    void underlay(final String left, final String right, final String prefixes, final int mtu) {
        ip(left, "link add u type veth peer name u netns " + prefix + right);
        int host = 1;
        for (final String name : List.of(left, right)) {
            ip(name, "link set u mtu " + mtu + " up");
            for (final String each : prefixes.split(" ")) {
                final String length = each.contains(":") ? "/64 nodad" : "/24";
                ip(name, "addr add " + each + host + length + " dev u");
            }
            host++;
        }
    }

    /** Moves a device to another namespace. */
    void move(final String name, final String device, final String to) {
        ip(name, "link set " + device + " netns " + prefix + to);
    }

    String ip(final String name, final String arguments) {
        return in(name, "ip " + arguments);
    }

    /** Output of a command that has to succeed. */
    String in(final String name, final String command) {
        return run(command(name, command.split(" ")));
    }

    /** Exit code of a command that may fail. */
    int attempt(final String name, final String command) {
        try {
            final Process process = start(command(name, command.split(" ")));
            output(process);
            return process.exitValue();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a Python program in the background. */
    Process python(final String name, final String program, final String... arguments) {
        try {
            final List<String> command =
                    new ArrayList<>(List.of("/usr/bin/python3", "-c", program));
            command.addAll(Arrays.asList(arguments));
            return start(command(name, command.toArray(new String[0])));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String[] command(final String name, final String... words) {
        final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", prefix + name));
        command.addAll(Arrays.asList(words));
        return command.toArray(new String[0]);
    }

    private Process start(final String... command) throws IOException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    private String run(final String... command) {
        try {
            final Process process = start(command);
            final String output = output(process);
            assertEquals(0, process.exitValue(), () -> String.join(" ", command) + ": " + output);
            return output;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that a program, which ends by itself, prints. */
    static String output(final Process process) {
        try {
            final String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            return text;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        for (final Process process : started) {
            process.destroyForcibly();
        }
        for (final String namespace : namespaces) {
            run("ip", "netns", "del", namespace);
        }
    }
}

package io.vswitch.tap;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace of one test, with loopback up; removed by {@link #close}. */
final class TestNamespace implements AutoCloseable {
    private static final AtomicInteger NEXT = new AtomicInteger();

    final String name = "vtap" + ProcessHandle.current().pid() + "x" + NEXT.incrementAndGet();

    TestNamespace() {
        assumeRoot();
        Shell.run("ip", "netns", "add", name);
        ip("link", "set", "lo", "up");
    }

    static void assumeRoot() {
        final boolean root = "root".equals(System.getProperty("user.name"));
        assumeTrue(root, "needs root: network namespaces and TAP devices");
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun (modprobe tun)");
    }

    NetworkNamespace namespace() {
        return NetworkNamespace.open(name);
    }

    String ip(final String... arguments) {
        return Shell.run(command("ip", arguments));
    }

    String[] command(final String program, final String... arguments) {
        final String[] command = new String[arguments.length + 5];
        command[0] = "ip";
        command[1] = "netns";
        command[2] = "exec";
        command[3] = name;
        command[4] = program;
        System.arraycopy(arguments, 0, command, 5, arguments.length);
        return command;
    }

    Shell.Result exec(final String program, final String... arguments) {
        return Shell.attempt(command(program, arguments));
    }

    Shell.Started start(final String program, final String... arguments) {
        return Shell.start(command(program, arguments));
    }

    @Override
    public void close() {
        Shell.attempt("ip", "netns", "del", name);
    }
}

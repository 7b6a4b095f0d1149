package io.vswitch.containers;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vswitch.containers.cni.VswitchCni;
import io.vswitch.containers.docker.VswitchDocker;
import io.vswitch.ctl.cli.Vswitchctl;
import io.vswitch.ctl.daemon.Vswitchd;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A machine of its own for a test: namespaces of network, mounts and processes with vswitchd, the
 * plugin and a Docker Engine in them, all real. With its first process all others end, and whatever
 * they mounted, made or configured is gone.
 */
public final class Host implements AutoCloseable {
    /** Busybox and nothing else. */
    public static final String IMAGE = "busybox";

    private static final String BUSYBOX = "/bin/busybox";
    private static final int SECONDS = 90;
    private static final int POLL_MS = 100;

    public final Path directory;
    private final String cgroup =
            "vswitch-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    private final Process holder;
    private final long init;
    private Process vswitchd;
    private Process plugin;
    private Process engine;
    private String neighbour;

    /** What a command printed, both streams, and its exit code. */
    public record Output(int code, String text) {
        /** Fails unless the command succeeded. */
        public String ok() {
            if (code != 0) {
                throw new AssertionError("exit code " + code + ": " + text);
            }
            return text;
        }
    }

    /** An empty machine; skips the test where none can be made. */
    public Host(final Path directory) throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "SKIPPED: needs root for namespaces");
        this.directory = directory;
        final Path ready = directory.resolve("ready");
        final String boot =
                "mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /etc/docker; ip link set lo up"
                        + " && touch "
                        + ready
                        + "; cat >/dev/null"; // until this JVM ends, which closes the pipe
        holder =
                start(
                        "init",
                        Stream.concat(
                                        Stream.of(
                                                ("unshare --net --mount --pid --fork --mount-proc"
                                                                + " --kill-child sh -c")
                                                        .split(" ")),
                                        Stream.of(boot))
                                .toList());
        await("the namespaces", () -> Files.exists(ready));
        init = holder.children().findFirst().orElseThrow().pid();
    }

    static void assumeEngine() throws Exception {
        for (final String program : List.of("/usr/sbin/dockerd", "/usr/bin/docker", BUSYBOX)) {
            assumeTrue(
                    Files.isExecutable(Path.of(program)),
                    "SKIPPED: no " + program + "; install docker.io and busybox-static");
        }
        assumeTrue(
                new ProcessBuilder("ldd", BUSYBOX).start().waitFor() != 0,
                "SKIPPED: " + BUSYBOX + " needs libraries; install busybox-static");
    }

    /** All three, with an image to run. */
    public static Host started(final Path directory) throws Exception {
        assumeEngine();
        final Host host = new Host(directory);
        try {
            host.startSwitch();
            host.startPlugin();
            host.startEngine();
            host.importImage();
            return host;
        } catch (Exception | Error e) {
            host.close();
            throw e;
        }
    }

    public void startSwitch() throws Exception {
        vswitchd =
                start(
                        "vswitchd",
                        inside(
                                Programs.java(
                                        Vswitchd.class,
                                        "--run-dir=" + directory,
                                        "--state-dir=" + directory.resolve("state"),
                                        "--group=root")));
        await("vswitchd", () -> vswitchctl("list-networks").code() == 0);
    }

    public void startPlugin() throws Exception {
        final Path log = directory.resolve("plugin.log");
        Files.deleteIfExists(log);
        plugin =
                start(
                        "plugin",
                        inside(
                                Programs.java(
                                        VswitchDocker.class,
                                        "--socket=" + directory.resolve("vswitchd.sock"),
                                        "--swarm-socket=" + directory.resolve("docker-swarm.sock"),
                                        "--engine=" + directory.resolve("docker.sock"),
                                        "--state-dir=" + directory.resolve("docker-state"),
                                        "--log-level=debug")));
        await("the plugin", () -> Files.readString(log).contains("listens at"));
    }

    /** Starts what answers the CNI script. */
    public void startCni() throws Exception {
        start(
                "cni",
                inside(
                        Programs.java(
                                VswitchCni.class,
                                "--listen=" + directory.resolve("cni.sock"),
                                "--socket=" + directory.resolve("vswitchd.sock"))));
        await("vswitch-cni", () -> Files.exists(directory.resolve("cni.sock")));
    }

    public void startEngine() throws Exception {
        startEngine("--live-restore");
    }

    /** With one more option; swarm mode and {@code --live-restore} exclude each other. */
    public void startEngine(final String option) throws Exception {
        engine =
                start(
                        "dockerd",
                        inside(
                                List.of(
                                        "/usr/sbin/dockerd",
                                        "--data-root=" + directory.resolve("data"),
                                        "--exec-root=" + directory.resolve("exec"),
                                        "--pidfile=" + directory.resolve("docker.pid"),
                                        "--host=unix://" + directory.resolve("docker.sock"),
                                        "--cgroup-parent=/" + cgroup,
                                        option,
                                        "--log-level=error")));
        await("dockerd", () -> docker("version").code() == 0);
    }

    public void importImage() throws Exception {
        final Path root = directory.resolve("image");
        Programs.root(root);
        sh("tar -C "
                        + root
                        + " -c . | /usr/bin/docker -H unix://"
                        + directory
                        + "/docker.sock import - "
                        + IMAGE)
                .ok();
    }

    private List<String> inside(final List<String> command) {
        final List<String> all =
                new ArrayList<>(
                        List.of("nsenter", "-t", Long.toString(init), "-n", "-m", "-p", "--"));
        all.addAll(command);
        return all;
    }

    private Process start(final String name, final List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(directory.resolve(name + ".log").toFile()))
                .start();
    }

    /** Runs docker on this machine's engine; words are separated by blanks. */
    public Output docker(final String command) throws Exception {
        return sh("/usr/bin/docker -H unix://" + directory + "/docker.sock " + command);
    }

    /** Runs vswitchctl against the machine's switch; words are separated by blanks. */
    public Output vswitchctl(final String command) {
        final StringWriter text = new StringWriter();
        final PrintWriter out = new PrintWriter(text, true);
        final List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.add(1, "--socket=" + directory.resolve("vswitchd.sock"));
        final int code =
                Vswitchctl.commandLine()
                        .setOut(out)
                        .setErr(out)
                        .execute(words.toArray(String[]::new));
        return new Output(code, text.toString().strip());
    }

    /**
     * Runs vswitchctl as a program on the machine; what it starts are the real programs too, only
     * the scripts that would build them first are others.
     */
    public Output script(final String command) throws Exception {
        final Path home = Files.createDirectories(directory.resolve("home"));
        Programs.launcher(
                home.resolve("vswitchd"), Vswitchd.class, "--state-dir=" + directory + "/state");
        Programs.launcher(home.resolve("vswitch-docker"), VswitchDocker.class, "");
        Programs.launcher(home.resolve("vswitchctl"), Vswitchctl.class, "");
        return sh(home.resolve("vswitchctl") + " " + command);
    }

    /** Runs a shell command on the machine. */
    public Output sh(final String command) throws Exception {
        final Process process =
                new ProcessBuilder(
                                inside(
                                        List.of(
                                                "timeout",
                                                "-k5",
                                                "" + SECONDS,
                                                "sh",
                                                "-c",
                                                command)))
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .start();
        final String text =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Output(process.waitFor(), text.strip());
    }

    /** Another machine on a link of its own, with these addresses; the near one may be null. */
    public void addNeighbour(final String near, final String far) throws Exception {
        neighbour = sh("unshare --net sleep 100000 >/dev/null 2>&1 & echo $!").ok();
        await(
                "the neighbour",
                () ->
                        sh("test $(readlink /proc/self/ns/net) != $(readlink /proc/"
                                                + neighbour
                                                + "/ns/net)")
                                        .code()
                                == 0);
        sh("ip link add up0 type veth peer name out0 netns " + neighbour).ok();
        sh("ip link set up0 up").ok();
        if (near != null) {
            sh("ip addr add " + near + " dev up0").ok();
        }
        neighbour("ip addr add " + far + " dev out0").ok();
        neighbour("ip link set out0 up").ok();
    }

    /** A link to another machine, with the device {@code ul0} and an address at each end. */
    public void link(final String address, final Host other, final String others) throws Exception {
        final String command =
                "ip link add ul0 netns %d type veth peer name ul0 netns %d"
                        .formatted(init, other.init);
        assertTrue(new ProcessBuilder(command.split(" ")).start().waitFor() == 0, command);
        sh("ip addr add " + address + " dev ul0 && ip link set ul0 up").ok();
        other.sh("ip addr add " + others + " dev ul0 && ip link set ul0 up").ok();
    }

    /** A link to the bridge {@code br0} of another machine, with the device {@code ul0}. */
    void plugInto(final Host wire, final String name, final String address) throws Exception {
        final String command =
                "ip link add ul0 netns %d type veth peer name %s netns %d"
                        .formatted(init, name, wire.init);
        assertTrue(new ProcessBuilder(command.split(" ")).start().waitFor() == 0, command);
        wire.sh("ip link set " + name + " master br0 up").ok();
        sh("ip addr add " + address + " dev ul0 && ip link set ul0 up").ok();
    }

    /** Runs a command on the neighbour. */
    public Output neighbour(final String command) throws Exception {
        return sh("nsenter -t " + neighbour + " -n " + command);
    }

    /** A condition that may fail to be asked. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits for something that happens by itself. */
    public void await(final String what, final Condition condition) throws Exception {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(what + " took more than " + SECONDS + " s\n" + logs());
            }
            Thread.sleep(POLL_MS);
        }
    }

    public String logs() throws IOException {
        final StringBuilder text = new StringBuilder();
        for (final String name : List.of("init", "vswitchd", "plugin", "dockerd")) {
            final Path log = directory.resolve(name + ".log");
            if (Files.exists(log)) {
                final String all = Files.readString(log);
                text.append("--- ").append(name).append('\n');
                text.append(all.substring(Math.max(0, all.length() - 2000)));
            }
        }
        return text.toString();
    }

    public void killSwitch() throws InterruptedException {
        kill(vswitchd);
    }

    public void killPlugin() throws InterruptedException {
        kill(plugin);
    }

    public void killEngine() throws InterruptedException {
        kill(engine);
    }

    /** kill -9 of what nsenter started, and so the end of nsenter. */
    private static void kill(final Process nsenter) throws InterruptedException {
        nsenter.children().forEach(ProcessHandle::destroyForcibly);
        if (!nsenter.waitFor(SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still there after kill -9");
        }
    }

    @Override
    public void close() throws IOException {
        holder.descendants().forEach(ProcessHandle::destroyForcibly);
        holder.destroyForcibly();
        holder.onExit().join();
        Stream.of(vswitchd, plugin, engine)
                .filter(Objects::nonNull)
                .forEach(process -> process.onExit().join());
        // An engine that is killed leaves the groups of its containers behind, empty.
        final String command =
                "find /sys/fs/cgroup -depth -type d -path '*/" + cgroup + "*' -exec rmdir {} +";
        new ProcessBuilder("sh", "-c", command).start().onExit().join();
    }

    /** What could be left behind: devices, namespaces, records, ports, rules, descriptors. */
    public Map<String, String> inventory() throws Exception {
        return Map.of(
                "devices", sh("ip -br link | cut -d' ' -f1 | sort").ok(),
                "namespaces", sh("grep -c " + directory + "/exec/netns /proc/mounts").text(),
                "records", sh("find " + directory + "/docker-state -type f | sort").ok(),
                "ports", vswitchctl("list-ports").ok().replaceAll("(?m) {2}.*$", ""),
                "rules",
                        sh("nft list table inet vswitch_docker; iptables-save -t filter")
                                .ok()
                                .replaceAll("(?m)^[#:].*$", ""),
                "vswitchd", descriptors(vswitchd),
                "plugin", descriptors(plugin));
    }

    /** What a process has open, but connections, which come and go. */
    private static String descriptors(final Process nsenter) throws Exception {
        final long pid = nsenter.children().findFirst().orElseThrow().pid();
        final StringBuilder text = new StringBuilder();
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            open.map(Host::target)
                    .filter(target -> !target.startsWith("socket:"))
                    .map(target -> target.replaceAll("\\[\\d+]", ""))
                    .sorted()
                    .forEach(target -> text.append(target).append('\n'));
        }
        return text.toString();
    }

    private static String target(final Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (final IOException e) {
            return "socket: closed meanwhile";
        }
    }
}

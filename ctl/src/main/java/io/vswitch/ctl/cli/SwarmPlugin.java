package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The driver as a managed plugin, the only kind that swarm mode takes; one thread.
 *
 * <p>Its container holds nothing but a link: where the engine looks for the plugin's socket it
 * finds one that leads to the socket of the driver on the host. So nothing of the plugin is on the
 * way of a call, let alone of a packet, and it may end at any time.
 */
final class SwarmPlugin {
    /** What the engine calls it. */
    static final String NAME = "vswitch:swarm";

    private static final String ENTRY =
            "ln -sfn \"$0\" /run/docker/plugins/vswitch.sock && exec sleep infinity";
    private static final List<String> LIBRARIES = List.of("bin", "sbin", "lib", "lib64");

    private final Path engine;

    SwarmPlugin(final Path engine) {
        this.engine = engine;
    }

    /** True when the engine answers and is in a swarm. */
    boolean isWanted() {
        final Output info = docker("info", "-f", "{{.Swarm.LocalNodeState}}");
        return info.code == 0 && !info.text.equals("inactive");
    }

    /** In a word: enabled, disabled, or null when there is none. */
    String state() {
        final Output state = docker("plugin", "inspect", "-f", "{{.Enabled}}", NAME);
        return state.code != 0 ? null : state.text.equals("true") ? "enabled" : "disabled";
    }

    /** Makes and enables it; returns what was done. */
    String install(final Path socket, final Path directory) throws IOException {
        final String before = state();
        if (before != null) {
            final String entry = succeed("plugin", "inspect", "-f", "{{.Config.Entrypoint}}", NAME);
            if (!entry.contains(" " + socket + "]")) {
                throw Refusal.failure(
                        "plugin %s doesn't lead to %s; `docker plugin rm -f %s` and try again"
                                .formatted(NAME, socket, NAME));
            }
            if (before.equals("enabled")) {
                return "plugin " + NAME + " is enabled already";
            }
        } else {
            delete(directory);
            write(socket, directory);
            succeed("plugin", "create", NAME, directory.toString());
            delete(directory);
        }
        succeed("plugin", "enable", NAME);
        return "plugin %s %s".formatted(NAME, before == null ? "made and enabled" : "enabled");
    }

    /** Removes it; refuses while a network uses it. */
    String uninstall() {
        final String before = state();
        if (before == null) {
            return null;
        }
        if (before.equals("enabled")) {
            succeed("plugin", "disable", NAME);
        }
        succeed("plugin", "rm", NAME);
        return "plugin " + NAME + " removed";
    }

    /** Its files: the host's shell and libraries are mounted, so it has none of its own. */
    private static void write(final Path socket, final Path directory) throws IOException {
        final Path root = directory.resolve("rootfs");
        for (final String empty :
                List.of("usr", "dev", "proc", "sys", "tmp", "run/docker/plugins")) {
            Files.createDirectories(root.resolve(empty));
        }
        final List<Map<String, Object>> mounts = new ArrayList<>(List.of(mount("usr")));
        for (final String name : LIBRARIES) {
            final Path host = Path.of("/", name);
            if (Files.isSymbolicLink(host)) {
                Files.createSymbolicLink(root.resolve(name), Files.readSymbolicLink(host));
            } else if (Files.isDirectory(host)) {
                Files.createDirectory(root.resolve(name));
                mounts.add(mount(name));
            }
        }
        // An engine refuses a plugin with the very files of one that it has had.
        Files.writeString(root.resolve("id"), UUID.randomUUID().toString());
        Files.write(directory.resolve("config.json"), Json.write(config(socket, mounts)));
    }

    private static Map<String, Object> config(
            final Path socket, final List<Map<String, Object>> mounts) {
        return Map.of(
                "description",
                "Networks of a swarm in vswitch; leads to " + socket,
                "entrypoint",
                List.of("/bin/sh", "-c", ENTRY, socket.toString()),
                "workdir",
                "/",
                "network",
                Map.of("type", "none"),
                "interface",
                Map.of(
                        "types",
                        List.of("docker.networkdriver/1.0", "docker.ipamdriver/1.0"),
                        "socket",
                        "vswitch.sock"),
                "linux",
                Map.of("capabilities", List.of(), "devices", List.of(), "allowAllDevices", false),
                "mounts",
                mounts,
                "env",
                List.of(),
                "args",
                Map.of(
                        "name",
                        "args",
                        "description",
                        "",
                        "settable",
                        List.of(),
                        "value",
                        List.of()));
    }

    private static Map<String, Object> mount(final String name) {
        return Map.of(
                "name",
                name,
                "description",
                "",
                "settable",
                List.of(),
                "source",
                "/" + name,
                "destination",
                "/" + name,
                "type",
                "bind",
                "options",
                List.of("rbind", "ro"));
    }

    private static void delete(final Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private record Output(int code, String text) {}

    private String succeed(final String... words) {
        final Output out = docker(words);
        if (out.code != 0) {
            throw Refusal.failure(
                    "docker %s: %s"
                            .formatted(
                                    String.join(" ", words),
                                    out.text.replaceFirst("^Error response from daemon: ", "")));
        }
        return out.text;
    }

    private Output docker(final String... words) {
        final List<String> command = new ArrayList<>(List.of("docker", "-H", "unix://" + engine));
        command.addAll(List.of(words));
        try {
            final Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(Path.of("/dev/null").toFile())
                            .start();
            final String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text.strip());
        } catch (final IOException e) {
            throw Refusal.failure("docker's command line is needed: " + e.getMessage());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.failure("interrupted");
        }
    }
}

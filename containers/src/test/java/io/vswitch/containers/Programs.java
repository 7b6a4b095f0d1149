package io.vswitch.containers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs under test as processes, with the classes and flags of this JVM; stateless. */
public final class Programs {
    private Programs() {}

    /** The command that runs a program. */
    static List<String> java(final Class<?> main, final String... options) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        for (final String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--add-") || flag.startsWith("--enable-")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-Xmx128m", "-XX:MaxDirectMemorySize=1g", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(options));
        return command;
    }

    /** Writes a script that runs a program, like those beside vswitchctl. */
    static void launcher(final Path file, final Class<?> main, final String option)
            throws Exception {
        final List<String> command = java(main);
        command.add(1, "-Dvswitch.home=" + file.getParent());
        Files.writeString(
                file, "#!/bin/sh\nexec " + String.join(" ", command) + " \"$@\" " + option + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    /** Fills a directory with busybox and its names. */
    public static void root(final Path root) throws IOException {
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("tmp"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (final String tool : "sh sleep ping ip wget nc httpd cat ls stty".split(" ")) {
            Files.createSymbolicLink(root.resolve("bin/" + tool), Path.of("busybox"));
        }
    }
}

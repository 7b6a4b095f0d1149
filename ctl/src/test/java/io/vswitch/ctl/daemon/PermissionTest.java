package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Vswitchctl;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads who may not use the daemon: vswitchctl runs as another user, really. */
@Tag("root")
class PermissionTest {
    private static final int NOBODY = 65534;

    @TempDir private Path directory;
    private Path runDirectory;

    @BeforeEach
    void open() throws Exception {
        Namespaces.assumeRoot();
        permit(directory, "rwxr-xr-x");
        runDirectory = Files.createDirectory(directory.resolve("run"));
        permit(runDirectory, "rwxr-xr-x");
    }

    private static void permit(final Path path, final String permissions) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    /** The class path where anybody may read it; that of root's home may be closed. */
    private String classPath() throws Exception {
        final Path copies = Files.createDirectories(directory.resolve("classes"));
        final List<String> path = new ArrayList<>();
        for (final String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (Files.exists(Path.of(entry)) && !entry.contains("test-classes")) {
                final Path copy = copies.resolve(Integer.toString(path.size()));
                Namespaces.sh("cp -r " + entry + " " + copy + " && chmod -R a+rX " + copy);
                path.add(copy.toString());
            }
        }
        return String.join(File.pathSeparator, path);
    }

    /** Exit code and standard error of one command, run as nobody. */
    private String asNobody(final String classPath, final String... arguments) throws Exception {
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--reuid=" + NOBODY,
                                "--regid=" + NOBODY,
                                "--clear-groups",
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                classPath,
                                Vswitchctl.class.getName()));
        command.addAll(List.of(arguments));
        final ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment()
                .put("VSWITCH_SOCKET", runDirectory.resolve("vswitchd.sock").toString());
        final Process process = builder.start();
        final String err =
                new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + err;
    }

    @Test
    void shouldNameThePathAndTheGroupWhenTheUserMayNotUseTheDaemon() throws Exception {
        final String classes = classPath();
        try (DaemonProcess daemon = new DaemonProcess(runDirectory)) {
            assertEquals(
                    "1 vswitchctl: no permission to use "
                            + daemon.socket
                            + "; run as root or as a member of group 'root'\n",
                    asNobody(classes, "show"));
            assertTrue(
                    asNobody(classes, "daemon", "stop", "--run-dir=" + runDirectory)
                            .matches(
                                    "1 vswitchctl: no permission to stop vswitchd .*; run as"
                                            + " root\n"));

            Namespaces.sh("chgrp daemon " + runDirectory);
            permit(runDirectory, "rwxr-x---");
            final String closed =
                    " ("
                            + runDirectory
                            + " may not be entered); run as root or as a member of group"
                            + " 'daemon'\n";
            final String denied = "1 vswitchctl: no permission to use ";
            final String counters = runDirectory.resolve("counters").toString();
            assertEquals(denied + daemon.socket + closed, asNobody(classes, "show"));
            assertEquals(denied + counters + closed, asNobody(classes, "errors"));
            assertEquals(
                    denied + counters + closed, asNobody(classes, "stats", "--file=" + counters));
            assertEquals(
                    denied + runDirectory.resolve("vswitchd.pid") + closed,
                    asNobody(classes, "daemon", "stop", "--run-dir=" + runDirectory));

            permit(runDirectory, "rwx------");
            assertEquals(
                    denied
                            + daemon.socket
                            + " ("
                            + runDirectory
                            + " may not be entered); run as root\n",
                    asNobody(classes, "show"));
            daemon.run("show").ok();
        }
    }

    @Test
    void shouldSayThatNoDaemonRunsWhenTheDirectoryIsEmptyAndOpen() throws Exception {
        final Path socket = runDirectory.resolve("vswitchd.sock");
        assertEquals(
                "1 vswitchctl: vswitchd is not running (no socket at "
                        + socket
                        + "); start it with `vswitchctl daemon start`\n",
                asNobody(classPath(), "show"));
    }
}

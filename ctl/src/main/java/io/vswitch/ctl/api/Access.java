package io.vswitch.ctl.api;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;

/** Tells a file that this user may not reach from one that isn't there; any thread. */
public final class Access {
    private Access() {}

    /** Refuses when a directory above the file keeps this user from seeing whether it is there. */
    public static void requireVisible(final Path file) {
        if (!Files.exists(file) && !Files.notExists(file)) {
            throw denied(file);
        }
    }

    /**
     * Why the file can't be used, and who may: the owner of what stands in the way is the first of
     * the file and the directories above it that can be looked at.
     */
    public static Refusal denied(final Path file) {
        Path barrier = file.toAbsolutePath();
        PosixFileAttributes attributes = attributes(barrier);
        while (attributes == null && barrier.getParent() != null) {
            barrier = barrier.getParent();
            attributes = attributes(barrier);
        }
        return Refusal.failure(
                "no permission to use %s%s; run as root%s"
                        .formatted(
                                file,
                                attributes != null && attributes.isDirectory()
                                        ? " (" + barrier + " may not be entered)"
                                        : "",
                                remedy(attributes)));
    }

    private static String remedy(final PosixFileAttributes attributes) {
        final boolean open =
                attributes != null
                        && attributes
                                .permissions()
                                .contains(
                                        attributes.isDirectory()
                                                ? PosixFilePermission.GROUP_EXECUTE
                                                : PosixFilePermission.GROUP_READ);
        return open ? " or as a member of group '" + attributes.group().getName() + "'" : "";
    }

    private static PosixFileAttributes attributes(final Path path) {
        try {
            return Files.readAttributes(path, PosixFileAttributes.class);
        } catch (IOException e) {
            return null;
        }
    }
}

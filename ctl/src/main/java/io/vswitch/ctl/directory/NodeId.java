package io.vswitch.ctl.directory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The name by which a host is known in the directory, made once and kept; stateless. */
public final class NodeId {
    private NodeId() {}

    /** Reads it from the state directory, or makes one. */
    public static String of(final Path stateDirectory) throws IOException {
        final Path file = stateDirectory.resolve("node-id");
        if (Files.exists(file)) {
            final String kept = Files.readString(file).strip();
            if (!kept.isEmpty()) {
                return kept;
            }
        }
        final String made = UUID.randomUUID().toString();
        Files.writeString(file, made + "\n", StandardCharsets.UTF_8);
        return made;
    }
}

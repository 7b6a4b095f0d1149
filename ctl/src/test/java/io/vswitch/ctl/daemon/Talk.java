package io.vswitch.ctl.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A connection of the kernel's own TCP, held by a process in a namespace; one thread. */
final class Talk implements AutoCloseable {
    private final Process process;
    private final BufferedReader in;
    private final OutputStream out;
    private final String greeting;

    /** Connects, and reads the first line that the other side sends. */
    Talk(final Namespaces spaces, final int client, final String address) throws IOException {
        process =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "exec ip netns exec %s timeout 120 socat - %s 2>/dev/null"
                                        .formatted(spaces.name(client), address))
                        .start();
        in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        out = process.getOutputStream();
        greeting = in.readLine();
    }

    /** Who answered, or null when nobody did. */
    String greeting() {
        return greeting;
    }

    /** True when the other side sends the line back. */
    boolean echoes(final String line) throws IOException {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (final IOException gone) {
            return false;
        }
        return line.equals(in.readLine());
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}

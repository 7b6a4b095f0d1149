package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A table of nftables, in the calling thread's namespace, that goes when it is closed and when this
 * process ends, however it ends: its owner is a child, {@code nft -i}, which ends with its input.
 * Used by the conductor. Source: nft(8), flag {@code owner} of a table (Linux 5.12).
 */
final class NftTable implements AutoCloseable {
    private static final int TIMEOUT_MS = 5000;
    private static final int ASK_MS = 5;

    private final Process owner;

    private NftTable(final Process owner) {
        this.owner = owner;
    }

    /**
     * Makes the table.
     *
     * @param name family and name.
     * @param content lines of nft for its chains and rules.
     * @throws SwitchException with one line that says why there can't be one; there is none then.
     */
    static NftTable open(final String name, final String content) {
        final String script = "add table " + name + " { flags owner; }\n" + content;
        try {
            refuseUnless(run(script, "nft", "-c", "-f", "-"), name);
            final Process owner =
                    new ProcessBuilder("nft", "-i")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            final NftTable table = new NftTable(owner);
            table.write(script + "add chain " + name + " whole\n");
            table.await(name);
            return table;
        } catch (final IOException e) {
            throw new SwitchException("nft: " + e.getMessage());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SwitchException("interrupted while nft made table " + name);
        }
    }

    private void write(final String script) throws IOException {
        final OutputStream input = owner.getOutputStream();
        input.write(script.getBytes(StandardCharsets.US_ASCII));
        input.flush();
    }

    /** The chain that was asked for last is there when all others are. */
    private void await(final String name) throws IOException, InterruptedException {
        final long start = System.nanoTime();
        String refusal = run("", ("nft list chain " + name + " whole").split(" "));
        while (!refusal.isEmpty()) {
            if (!owner.isAlive()
                    || System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS)) {
                close();
                refuseUnless(refusal, name);
            }
            Thread.sleep(ASK_MS);
            refusal = run("", ("nft list chain " + name + " whole").split(" "));
        }
    }

    private static void refuseUnless(final String refusal, final String name) {
        if (!refusal.isEmpty()) {
            throw new SwitchException("nft table " + name + ": " + refusal);
        }
    }

    /** What a command complains about, its first line; empty when it succeeds. */
    private static String run(final String input, final String... command)
            throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream to = process.getOutputStream()) {
            to.write(input.getBytes(StandardCharsets.US_ASCII));
        }
        final String output;
        try (InputStream from = process.getInputStream()) {
            output = new String(from.readAllBytes(), StandardCharsets.UTF_8);
        }
        return process.waitFor() == 0
                ? ""
                : output.lines().findFirst().orElse("exit code " + process.exitValue());
    }

    @Override
    public void close() {
        try {
            owner.getOutputStream().close();
            if (!owner.waitFor(TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                owner.destroyForcibly();
            }
        } catch (final IOException e) {
            owner.destroyForcibly(); // its input is gone, so it ends anyway
        } catch (final InterruptedException e) {
            owner.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

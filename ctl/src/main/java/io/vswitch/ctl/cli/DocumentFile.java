package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The policy document of a command. */
final class DocumentFile {
    private static final int MAX_LENGTH = 16 << 20;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|-",
            required = true,
            description = "The document, YAML or JSON, at most 16 MiB; -: standard input.")
    private String file;

    @Option(
            names = "--prune",
            description =
                    "Networks and ports that a section of the document doesn't have are removed;"
                            + " else they stay.")
    private boolean prune;

    byte[] send(final ApiClient daemon, final String what) throws IOException {
        final String name = file.equals("-") ? "<stdin>" : file;
        return daemon.post(
                "/v1/document/"
                        + what
                        + "?prune="
                        + prune
                        + "&file="
                        + URLEncoder.encode(name, StandardCharsets.UTF_8),
                read(name));
    }

    private byte[] read(final String name) throws IOException {
        try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
            final byte[] text = in.readNBytes(MAX_LENGTH + 1);
            if (text.length > MAX_LENGTH) {
                throw Refusal.usage(
                        name + ": longer than 16 MiB; split it, and apply without --prune");
            }
            return text;
        } catch (NoSuchFileException e) {
            throw Refusal.failure(name + ": no such file");
        } catch (IOException e) {
            throw Refusal.failure(name + ": can't be read: " + e.getMessage());
        }
    }
}

package io.vswitch.ctl.directory;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Set;

/** The secret that the hosts of a directory share, and what is derived from it; immutable. */
public final class DirectoryKey {
    private static final int MIN_BYTES = 16;
    private static final int MAX_BYTES = 4096;
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);

    private final byte[] secret;

    private DirectoryKey(final byte[] secret) {
        this.secret = secret;
    }

    /** Reads it from a file that others can't read; refuses with one line. */
    public static DirectoryKey read(final Path file) {
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw Refusal.usage(
                        "--directory-key '" + file + "' can be read by everybody; chmod 600 it");
            }
            final byte[] bytes = Files.readAllBytes(file);
            return of(
                    "--directory-key '" + file + "'",
                    new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (final IOException e) {
            throw Refusal.usage("--directory-key '" + file + "' can't be read: " + e);
        }
    }

    /**
     * From a text; blanks around it don't count.
     *
     * @param what where it comes from, for the message.
     */
    public static DirectoryKey of(final String what, final String secret) {
        final String text = secret.strip();
        if (text.length() < MIN_BYTES || text.length() > MAX_BYTES) {
            throw Refusal.usage(
                    "%s has %d bytes; allowed are %d to %d"
                            .formatted(what, text.length(), MIN_BYTES, MAX_BYTES));
        }
        return new DirectoryKey(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** 32 bytes for one purpose, which tell nothing of those for another. */
    byte[] derive(final String purpose) {
        try {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(purpose.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(secret);
            return digest.digest();
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}

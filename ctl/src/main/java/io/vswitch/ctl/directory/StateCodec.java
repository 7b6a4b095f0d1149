package io.vswitch.ctl.directory;

import io.vswitch.ctl.state.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Messages of hosts, signed by the key they share; any thread.
 *
 * <pre>
 *   HMAC-SHA256 of the rest (32) | deflated JSON of a {@link HostState}
 * </pre>
 *
 * The group's cipher hides messages but doesn't tell whether they were altered; the signature does.
 */
final class StateCodec {
    /** Longest JSON of a state, bytes. */
    static final int MAX_BYTES = 64 * 1024 * 1024;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SIGNATURE = 32;
    private static final int PIECE = 16 * 1024;

    private final byte[] key;

    StateCodec(final byte[] key) {
        this.key = key.clone();
    }

    byte[] encode(final HostState state) {
        final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(Json.write(state));
            deflater.finish();
            final ByteArrayOutputStream body = new ByteArrayOutputStream();
            final byte[] piece = new byte[PIECE];
            while (!deflater.finished()) {
                body.write(piece, 0, deflater.deflate(piece));
            }
            return signed(body.toByteArray());
        } finally {
            deflater.end();
        }
    }

    private byte[] signed(final byte[] body) {
        final byte[] signature = sign(body, 0, body.length);
        final byte[] message = Arrays.copyOf(signature, SIGNATURE + body.length);
        System.arraycopy(body, 0, message, SIGNATURE, body.length);
        return message;
    }

    private byte[] sign(final byte[] bytes, final int offset, final int length) {
        try {
            final Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update(bytes, offset, length);
            return mac.doFinal();
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads a message; fails when it isn't what {@link #encode} made with this key. */
    HostState decode(final byte[] message) throws IOException {
        if (message.length < SIGNATURE
                || !MessageDigest.isEqual(
                        Arrays.copyOf(message, SIGNATURE),
                        sign(message, SIGNATURE, message.length - SIGNATURE))) {
            throw new IOException("signature is wrong: another key, or altered on the way");
        }
        final Inflater inflater = new Inflater();
        try {
            inflater.setInput(message, SIGNATURE, message.length - SIGNATURE);
            return Json.read(inflate(inflater), HostState.class);
        } catch (final DataFormatException e) {
            throw new IOException(e);
        } finally {
            inflater.end();
        }
    }

    private static byte[] inflate(final Inflater inflater) throws DataFormatException, IOException {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        final byte[] piece = new byte[PIECE];
        while (!inflater.finished()) {
            final int length = inflater.inflate(piece);
            if (length == 0 && !inflater.finished()) {
                throw new IOException("message is cut off");
            }
            body.write(piece, 0, length);
            if (body.size() > MAX_BYTES) {
                throw new IOException("message is too long");
            }
        }
        return body.toByteArray();
    }
}

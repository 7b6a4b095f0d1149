package io.vswitch.ctl.directory;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.security.MessageDigest;
import org.jgroups.Message;
import org.jgroups.auth.AuthToken;

/** Shows the group that a host has the key: a digest of it, sent enciphered. Immutable. */
public final class KeyToken extends AuthToken {
    private static final int LENGTH = 32;

    private final byte[] digest = new byte[LENGTH];

    /** For JGroups, which reads the rest. */
    public KeyToken() {
        // all zero: no key's digest
    }

    KeyToken(final byte[] keyDigest) {
        System.arraycopy(keyDigest, 0, digest, 0, LENGTH);
    }

    @Override
    public String getName() {
        return KeyToken.class.getName();
    }

    @Override
    public int size() {
        return LENGTH;
    }

    @Override
    public boolean authenticate(final AuthToken token, final Message message) {
        return token instanceof KeyToken other && MessageDigest.isEqual(digest, other.digest);
    }

    @Override
    public void writeTo(final DataOutput out) throws IOException {
        out.write(digest);
    }

    @Override
    public void readFrom(final DataInput in) throws IOException {
        in.readFully(digest);
    }
}

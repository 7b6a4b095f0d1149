package io.vswitch.vxlan;

import java.util.Arrays;

/** Whom a tunnel port sends to and takes packets from; immutable, published to the workers. */
final class PeerSet {
    static final PeerSet NONE = new PeerSet(new int[0], false);

    /** Endpoints that get what goes to all. */
    final int[] flood;

    /** Whether packets are taken from endpoints that are not among these too. */
    final boolean fromAnyone;

    private final long[] allowed;

    PeerSet(final int[] remotes, final boolean fromAnyone) {
        this.flood = remotes.clone();
        this.fromAnyone = fromAnyone;
        this.allowed = new long[Arrays.stream(remotes).max().orElse(0) / Long.SIZE + 1];
        for (final int remote : remotes) {
            allowed[remote / Long.SIZE] |= 1L << remote;
        }
    }

    /** Whether packets of this endpoint are taken; 0 is none that is known. */
    boolean allows(final int remote) {
        final int word = remote / Long.SIZE;
        return fromAnyone || word < allowed.length && (allowed[word] >>> remote & 1) != 0;
    }
}

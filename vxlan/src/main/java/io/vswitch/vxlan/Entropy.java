package io.vswitch.vxlan;

import io.vswitch.core.packet.FlowKey;

/**
 * A number for each inner flow, from which the outer source port is chosen, so that the underlay
 * can spread flows and keep each in order (RFC 7348 section 5). Stateless, any thread.
 */
final class Entropy {
    private static final long FIRST = 0x9e37_79b9_7f4a_7c15L;
    private static final long SECOND = 0xc2b2_ae3d_27d4_eb4fL;

    private Entropy() {}

    /** Non-negative; the same for all packets of a flow, all fragments of a packet included. */
    static int of(final long[] keys, final int at) {
        final long word2 = keys[at + 2];
        final boolean whole = FlowKey.fragment(word2) == FlowKey.FRAGMENT_NONE;
        final long ports = whole ? keys[at + 3] >>> 32 : 0;
        long hash = keys[at] ^ (keys[at + 1] >>> 16) * FIRST;
        hash = (hash ^ hash >>> 32 ^ keys[at + 4]) * SECOND;
        hash = (hash ^ hash >>> 32 ^ keys[at + 5] ^ Long.rotateLeft(keys[at + 7], 32)) * FIRST;
        hash = (hash ^ hash >>> 32 ^ keys[at + 6] ^ ports ^ FlowKey.protocol(word2)) * SECOND;
        return (int) (hash >>> 33);
    }
}

package io.vswitch.core.fragment;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Which datagram a parsed fragment is part of, and which part it is; owned by one worker, reused.
 *
 * <pre>
 *   key words 0 to 3   addresses, as in {@link FlowKey}
 *   word 4             ingress port (16) | outer VLAN (16) | inner VLAN (16) | remote (16)
 *   word 5             identification (32) | IPv6 (1) | protocol (8, IPv4 only)
 *   words 6, 7         0
 * </pre>
 *
 * Fragments of IPv6 may each name another next header, so the protocol isn't part of its key (RFC
 * 8200 section 4.5).
 */
public final class FragmentReader {
    private static final long IPV6 = 1 << 8;

    private final long[] key = new long[FlowKey.WORDS];
    private int offset;
    private int length;
    private boolean more;

    /** Reads a slot for which the parser found a fragment. */
    public void read(final PacketBatch batch, final int slot) {
        final long[] keys = batch.keys();
        final int at = slot * FlowKey.WORDS;
        System.arraycopy(keys, at + 4, key, 0, 4);
        final long word2 = keys[at + 2];
        key[4] =
                (long) FlowKey.ingressPort(word2) << 48
                        | (long) FlowKey.outerVlan(keys[at + 1]) << 32
                        | (long) FlowKey.innerVlan(word2) << 16
                        | FlowKey.remote(keys[at + 3]);
        final UnsafeBuffer b = batch.buffer();
        final int l3 = batch.l3Offset(slot);
        if ((batch.parseFlags(slot) & ParseFlag.IPV6) != 0) {
            readIpv6(b, l3);
        } else {
            readIpv4(b, l3);
        }
    }

    private void readIpv4(final UnsafeBuffer b, final int l3) {
        final long id = b.getShort(l3 + Ipv4Header.IDENTIFICATION_OFFSET, BIG_ENDIAN) & 0xffffL;
        key[5] = id << 32 | Ipv4Header.protocol(b, l3);
        final int field = Ipv4Header.fragmentField(b, l3);
        offset = (field & Ipv4Header.FRAGMENT_MASK) << 3;
        more = (field & Ipv4Header.MORE_FRAGMENTS) != 0;
        length = Ipv4Header.totalLength(b, l3) - Ipv4Header.headerLength(b, l3);
    }

    private void readIpv6(final UnsafeBuffer b, final int l3) {
        int at = l3 + Ipv6Header.LENGTH;
        int type = Ipv6Header.nextHeader(b, l3);
        while (type != IpProtocol.IPV6_FRAGMENT && Ipv6Header.isExtension(type)) {
            final int next = Ipv6Header.extensionNext(b, at);
            at += Ipv6Header.extensionLength(b, at, type);
            type = next;
        }
        key[5] = (long) b.getInt(at + 4, BIG_ENDIAN) << 32 | IPV6;
        final int field = Ipv6Header.fragmentField(b, at);
        offset = field & Ipv6Header.FRAGMENT_MASK;
        more = (field & Ipv6Header.MORE_FRAGMENTS) != 0;
        final int end = l3 + Ipv6Header.LENGTH + Ipv6Header.payloadLength(b, l3);
        length = end - at - Ipv6Header.FRAGMENT_LENGTH;
    }

    long[] key() {
        return key;
    }

    /** Where the part begins in the datagram, bytes, a multiple of 8. */
    int offset() {
        return offset;
    }

    /** Bytes of the part, at least 1. */
    int length() {
        return length;
    }

    /** False for the last part. */
    boolean hasMore() {
        return more;
    }

    /** Port that the fragment came from. */
    public int portId() {
        return FragmentTable.portId(key[4]);
    }
}

package io.vswitch.vxlan;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.VlanTag;
import org.agrona.MutableDirectBuffer;

/**
 * Congestion marks across a tunnel, RFC 6040: the inner mark is copied into the outer header on the
 * way in, and the outer one combined into the inner on the way out. Stateless, the worker's thread.
 */
final class Ecn {
    static final int MASK = 3;
    static final int CONGESTED = 3;

    private static final int ECT_1 = 1;
    private static final int ECT_0 = 2;

    private Ecn() {}

    /**
     * Combines the outer mark into the inner frame (RFC 6040 section 4.2, figure 4).
     *
     * @param offset of the inner frame, at most two VLAN tags.
     * @param limit end of the frame.
     * @param outer the outer mark.
     * @return false when the packet must be dropped: congested, but its own header can't say so.
     */
    static boolean combine(
            final MutableDirectBuffer b, final int offset, final int limit, final int outer) {
        if (outer != CONGESTED && outer != ECT_1 || limit - offset < EthernetHeader.LENGTH) {
            return true;
        }
        int at = offset + EthernetHeader.ADDRESSES_LENGTH;
        int type = b.getShort(at, BIG_ENDIAN) & 0xffff;
        for (int tags = 0; tags < 2 && VlanTag.isTpid(type); tags++) {
            at += VlanTag.LENGTH;
            if (limit - at < Short.BYTES) {
                return true;
            }
            type = b.getShort(at, BIG_ENDIAN) & 0xffff;
        }
        at += Short.BYTES;
        if (type == EthernetHeader.TYPE_IPV4 && limit - at >= Ipv4Header.MIN_LENGTH) {
            return combineIpv4(b, at, outer);
        }
        return type != EthernetHeader.TYPE_IPV6
                || limit - at < Ipv6Header.LENGTH
                || combineIpv6(b, at, outer);
    }

    private static boolean combineIpv4(final MutableDirectBuffer b, final int l3, final int outer) {
        final int word = b.getShort(l3, BIG_ENDIAN) & 0xffff;
        final int mark = combined(word & MASK, outer);
        if (mark < 0) {
            return false;
        }
        final int newWord = word & ~MASK | mark;
        final int checksum =
                Checksums.update(Ipv4Header.checksum(b, l3), Checksums.delta16(word, newWord));
        b.putShort(l3, (short) newWord, BIG_ENDIAN);
        b.putShort(l3 + Ipv4Header.CHECKSUM_OFFSET, (short) checksum, BIG_ENDIAN);
        return true;
    }

    private static boolean combineIpv6(final MutableDirectBuffer b, final int l3, final int outer) {
        final int word = b.getShort(l3, BIG_ENDIAN) & 0xffff;
        final int mark = combined(word >> 4 & MASK, outer);
        if (mark >= 0) {
            b.putShort(l3, (short) (word & ~(MASK << 4) | mark << 4), BIG_ENDIAN);
        }
        return mark >= 0;
    }

    /** The inner mark as it must be, or -1. */
    private static int combined(final int inner, final int outer) {
        if (outer == CONGESTED) {
            return inner == 0 ? -1 : CONGESTED;
        }
        return inner == ECT_0 ? ECT_1 : inner;
    }
}

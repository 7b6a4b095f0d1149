package io.vswitch.vxlan;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * VXLAN header, RFC 7348 section 5: stateless accessors, any thread. It follows the outer UDP
 * header (destination port 4789); the inner Ethernet frame follows it.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-----------------------------------------------+
 *   |R|R|R|R|I|R|R|R|            Reserved                           |
 *   +-+-+-+-+-+-+-+-+-------------------------------+---------------+
 *   |                VXLAN Network Identifier (VNI) |   Reserved    |
 *   +-----------------------------------------------+---------------+
 * </pre>
 *
 * Reserved bits are zero when sent. The RFC says to ignore them when received; like Linux's vxlan
 * driver we drop what has them set, because it means something that we don't know: a protocol other
 * than Ethernet (VXLAN-GPE) or a policy group (VXLAN-GBP).
 */
public final class VxlanHeader {
    /** Bytes of the header. */
    public static final int LENGTH = 8;

    /** UDP destination port that IANA assigned. */
    public static final int UDP_PORT = 4789;

    /** Flag I in the first byte: the VNI is valid. */
    public static final int FLAG_VNI = 0x08;

    /** Largest VNI: 24 bits. */
    public static final int MAX_VNI = 0xff_ffff;

    private static final int VNI_OFFSET = 4;

    private VxlanHeader() {}

    /** True when the whole header lies before {@code limit} and its I flag is set. */
    public static boolean isValid(final DirectBuffer b, final int offset, final int limit) {
        return limit - offset >= LENGTH && (flags(b, offset) & FLAG_VNI) != 0;
    }

    /** True when no bit but the I flag and the VNI is set; the header is valid. */
    public static boolean isPlain(final DirectBuffer b, final int offset) {
        return b.getInt(offset, BIG_ENDIAN) == FLAG_VNI << 24
                && b.getByte(offset + LENGTH - 1) == 0;
    }

    /** First byte: {@link #FLAG_VNI} and reserved bits. */
    public static int flags(final DirectBuffer b, final int offset) {
        return b.getByte(offset) & 0xff;
    }

    /** VXLAN Network Identifier, 0 to {@link #MAX_VNI}. */
    public static int vni(final DirectBuffer b, final int offset) {
        return b.getInt(offset + VNI_OFFSET, BIG_ENDIAN) >>> 8;
    }

    /**
     * Writes the header.
     *
     * @param vni 0 to {@link #MAX_VNI}, see {@link #requireVni}; higher bits are lost.
     */
    public static void encode(final MutableDirectBuffer b, final int offset, final int vni) {
        b.putInt(offset, FLAG_VNI << 24, BIG_ENDIAN);
        b.putInt(offset + VNI_OFFSET, vni << 8, BIG_ENDIAN);
    }

    /**
     * The number itself when it is a VNI; for the control side, before it reaches {@link #encode}.
     *
     * @throws IllegalArgumentException with one line when it is out of range.
     */
    public static int requireVni(final long number) {
        if (number < 0 || number > MAX_VNI) {
            throw new IllegalArgumentException("VNI " + number + "; allowed: 0 to " + MAX_VNI);
        }
        return (int) number;
    }
}

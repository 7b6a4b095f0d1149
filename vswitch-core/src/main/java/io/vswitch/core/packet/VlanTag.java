package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * VLAN tag, IEEE 802.1Q section 9.6: stateless accessors, any thread. {@code offset} is that of the
 * TPID.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-----+-+-----------------------+
 *   |             TPID              | PCP |D|          VID          |
 *   +-------------------------------+-----+-+-----------------------+
 * </pre>
 */
public final class VlanTag {
    /** Bytes of a tag. */
    public static final int LENGTH = 4;

    /** TPID of a customer tag. */
    public static final int TPID_CUSTOMER = 0x8100;

    /** TPID of a service tag (802.1ad). */
    public static final int TPID_SERVICE = 0x88a8;

    /** TPID that older QinQ devices put on the outer tag. */
    public static final int TPID_QINQ = 0x9100;

    /** Bits of the VID. */
    public static final int VID_MASK = 0xfff;

    private VlanTag() {}

    /** True for the TPIDs that begin a tag here: 0x8100, 0x88a8, 0x9100. */
    public static boolean isTpid(final int etherType) {
        return etherType == TPID_CUSTOMER || etherType == TPID_SERVICE || etherType == TPID_QINQ;
    }

    /** True when {@code offset} to {@code limit} holds a tag and the type after it. */
    public static boolean isValid(final DirectBuffer b, final int offset, final int limit) {
        return limit - offset >= LENGTH + 2;
    }

    public static int tpid(final DirectBuffer b, final int offset) {
        return b.getShort(offset, BIG_ENDIAN) & 0xffff;
    }

    /** PCP, DEI and VID. */
    public static int tci(final DirectBuffer b, final int offset) {
        return b.getShort(offset + 2, BIG_ENDIAN) & 0xffff;
    }

    /** VLAN identifier, 0 (priority tag) to 4095. */
    public static int vid(final DirectBuffer b, final int offset) {
        return tci(b, offset) & VID_MASK;
    }

    /** Priority, 0 to 7. */
    public static int pcp(final DirectBuffer b, final int offset) {
        return tci(b, offset) >>> 13;
    }

    /** The type (or TPID of the next tag) after this tag. */
    public static int nextType(final DirectBuffer b, final int offset) {
        return b.getShort(offset + LENGTH, BIG_ENDIAN) & 0xffff;
    }

    /** Writes a tag. */
    public static void put(
            final MutableDirectBuffer b, final int offset, final int tpid, final int tci) {
        b.putInt(offset, tpid << 16 | tci & 0xffff, BIG_ENDIAN);
    }
}

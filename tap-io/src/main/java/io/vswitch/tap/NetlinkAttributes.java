package io.vswitch.tap;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/** Cursor over the attributes of a netlink message; used by the conductor. Source: netlink(7). */
final class NetlinkAttributes {
    private static final int TYPE_MASK = 0x3fff;

    private final DirectBuffer buffer;
    private final int limit;
    private int next;
    private int offset;

    NetlinkAttributes(final DirectBuffer buffer, final int offset, final int limit) {
        this.buffer = buffer;
        this.next = offset;
        this.limit = limit;
    }

    /** Goes to the next attribute; false when there is none. */
    boolean next() {
        offset = next;
        if (offset + NetlinkRequest.ATTRIBUTE_HEADER_LENGTH > limit || offset + length() > limit) {
            return false;
        }
        next =
                offset
                        + NetlinkRequest.aligned(
                                Math.max(length(), NetlinkRequest.ATTRIBUTE_HEADER_LENGTH));
        return true;
    }

    private int length() {
        return buffer.getShort(offset) & 0xffff;
    }

    int type() {
        return buffer.getShort(offset + Short.BYTES) & TYPE_MASK;
    }

    int int32() {
        return buffer.getInt(offset + NetlinkRequest.ATTRIBUTE_HEADER_LENGTH);
    }

    byte[] bytes() {
        final byte[] value = new byte[length() - NetlinkRequest.ATTRIBUTE_HEADER_LENGTH];
        buffer.getBytes(offset + NetlinkRequest.ATTRIBUTE_HEADER_LENGTH, value);
        return value;
    }

    /** A string, without its terminating zero. */
    String string() {
        final byte[] value = bytes();
        final int end =
                value.length > 0 && value[value.length - 1] == 0 ? value.length - 1 : value.length;
        return new String(value, 0, end, StandardCharsets.UTF_8);
    }

    /** The attributes nested in this one. */
    NetlinkAttributes nested() {
        return new NetlinkAttributes(
                buffer, offset + NetlinkRequest.ATTRIBUTE_HEADER_LENGTH, offset + length());
    }
}

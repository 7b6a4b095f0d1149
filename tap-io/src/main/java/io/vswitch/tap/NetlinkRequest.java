package io.vswitch.tap;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One rtnetlink request being built; used by the conductor. All numbers are in the host's byte
 * order. Source: netlink(7), rtnetlink(7).
 *
 * <pre>
 *   nlmsghdr: length (32) | type (16) | flags (16) | sequence (32) | port (32); then a family header; then attributes
 *   attribute: length (16) | type (16) | value, padded to 4 bytes
 * </pre>
 */
final class NetlinkRequest {
    static final int HEADER_LENGTH = 16;
    static final int TYPE = 4;
    static final int FLAGS = 6;
    static final int SEQUENCE = 8;
    static final int ATTRIBUTE_HEADER_LENGTH = 4;

    private static final int CAPACITY = 1024;

    private final UnsafeBuffer buffer = Native.memory(CAPACITY);
    private int length = HEADER_LENGTH;

    NetlinkRequest(final int type, final int flags) {
        buffer.putShort(TYPE, (short) type);
        buffer.putShort(FLAGS, (short) flags);
    }

    static int aligned(final int bytes) {
        return bytes + 3 & ~3;
    }

    NetlinkRequest int8(final int value) {
        buffer.putByte(length, (byte) value);
        length += Byte.BYTES;
        return this;
    }

    NetlinkRequest int16(final int value) {
        buffer.putShort(length, (short) value);
        length += Short.BYTES;
        return this;
    }

    NetlinkRequest int32(final int value) {
        buffer.putInt(length, value);
        length += Integer.BYTES;
        return this;
    }

    NetlinkRequest attribute(final int type, final byte[] value) {
        int16(ATTRIBUTE_HEADER_LENGTH + value.length).int16(type);
        buffer.putBytes(length, value);
        length += aligned(value.length);
        return this;
    }

    NetlinkRequest attribute(final int type, final int value) {
        return int16(ATTRIBUTE_HEADER_LENGTH + Integer.BYTES).int16(type).int32(value);
    }

    /** A zero-terminated string. */
    NetlinkRequest attribute(final int type, final String value) {
        return attribute(type, (value + '\0').getBytes(StandardCharsets.UTF_8));
    }

    UnsafeBuffer finish(final int sequence) {
        buffer.putInt(0, length);
        buffer.putInt(SEQUENCE, sequence);
        return buffer;
    }

    int length() {
        return length;
    }
}

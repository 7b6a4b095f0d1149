package io.vswitch.ctl.persist;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.openhft.chronicle.bytes.Bytes;
import org.agrona.DirectBuffer;

/**
 * Writes Ethernet frames as a pcapng stream; owned by one thread (a capture's, never a worker's,
 * since it writes to files).
 *
 * <p>Blocks are collected off-heap and leave when 64 KiB are full, on {@link #flush} and on close.
 * The stream is one section in little-endian with nanosecond timestamps. Source:
 * draft-ietf-opsawg-pcapng, 4.1 (section header), 4.2 (interface description), 4.3 (enhanced
 * packet), 3.5 (options).
 *
 * <pre>
 * block   +------+--------------+--------------------------+---------+--------------+
 *         | type | total length | body, padded to 32 bits  | options | total length |
 *         +------+--------------+--------------------------+---------+--------------+
 * option  +-------------+---------------+----------------------------+
 *         | code 16 bit | length 16 bit | value, padded to 32 bits   |   ended by code 0, length 0
 *         +-------------+---------------+----------------------------+
 * </pre>
 */
public final class PcapngWriter implements AutoCloseable {
    private static final int FLUSH_BYTES = 64 << 10;
    private static final int MAX_BLOCK_BYTES = 16 << 20;
    private static final int MAX_OPTION_BYTES = 0xFFFF;
    private static final int LENGTH_OFFSET = 4;

    private static final int SECTION_HEADER = 0x0A0D0D0A;
    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int ENHANCED_PACKET = 6;
    private static final int LINKTYPE_ETHERNET = 1;

    private static final int OPT_END = 0;
    private static final int OPT_COMMENT = 1;
    private static final int SHB_USERAPPL = 4;
    private static final int IF_NAME = 2;
    private static final int IF_TSRESOL = 9;
    private static final byte NANOSECONDS = 9;

    private final WritableByteChannel channel;
    private final long maxPackets;
    private final List<Integer> snapLengths = new ArrayList<>();
    private final Bytes<ByteBuffer> bytes =
            OffHeapBytes.allocate(FLUSH_BYTES, FLUSH_BYTES + MAX_BLOCK_BYTES);
    private long packets;
    private boolean closed;

    /**
     * Writes to a new or emptied file. Takes {@code maxPackets} packets, at least 1, and no more.
     */
    public PcapngWriter(Path file, long maxPackets) throws IOException {
        this(FileChannel.open(file, CREATE, TRUNCATE_EXISTING, WRITE), maxPackets);
    }

    /** Writes to a blocking {@code channel}, which is closed with this writer. */
    public PcapngWriter(WritableByteChannel channel, long maxPackets) {
        if (maxPackets < 1) {
            throw new IllegalArgumentException(
                    "maxPackets is " + maxPackets + ", must be at least 1");
        }
        this.channel = channel;
        this.maxPackets = maxPackets;
        long block = begin(SECTION_HEADER);
        bytes.writeInt(BYTE_ORDER_MAGIC).writeShort((short) 1).writeShort((short) 0).writeLong(-1);
        option(SHB_USERAPPL, "vswitch".getBytes(StandardCharsets.UTF_8));
        end(block);
    }

    /**
     * Describes an interface and returns its id for {@link #write}.
     *
     * @param snapLength most bytes kept of a packet, 0 for all
     */
    public int addInterface(String name, int snapLength) {
        if (snapLength < 0) {
            throw new IllegalArgumentException(
                    "snapLength is " + snapLength + ", must be at least 0");
        }
        long block = begin(INTERFACE_DESCRIPTION);
        bytes.writeShort((short) LINKTYPE_ETHERNET).writeShort((short) 0).writeInt(snapLength);
        option(IF_NAME, utf8(name));
        option(IF_TSRESOL, new byte[] {NANOSECONDS});
        end(block);
        snapLengths.add(snapLength);
        return snapLengths.size() - 1;
    }

    /**
     * Adds a packet, cut to the interface's snap length.
     *
     * @param epochNs time since 1970 in nanoseconds
     * @param originalLength bytes the packet had on the wire, at least {@code length}
     * @param comment shown by readers as the packet's comment, or null; cut at 65,535 bytes of
     *     UTF-8
     * @return false if the packet limit was reached before, and nothing was written
     * @throws IndexOutOfBoundsException if there is no such interface
     * @throws IOException if the channel fails, for example because its reader is gone
     */
    public boolean write(
            int interfaceId,
            long epochNs,
            DirectBuffer data,
            int offset,
            int length,
            int originalLength,
            String comment)
            throws IOException {
        if (packets == maxPackets) {
            return false;
        }
        int captured = capturedLength(interfaceId, length);
        data.boundsCheck(offset, captured);
        long block = begin(ENHANCED_PACKET);
        bytes.writeInt(interfaceId).writeInt((int) (epochNs >>> 32)).writeInt((int) epochNs);
        bytes.writeInt(captured).writeInt(originalLength);
        copy(data, offset, captured);
        if (comment != null) {
            option(OPT_COMMENT, utf8(comment));
        }
        end(block);
        packets++;
        if (bytes.writePosition() >= FLUSH_BYTES) {
            flush();
        }
        return true;
    }

    /** Packets written so far. */
    public long packets() {
        return packets;
    }

    /**
     * Hands everything written so far to the channel; after an error the stream is of no use any
     * more.
     */
    public void flush() throws IOException {
        ByteBuffer written = OffHeapBytes.written(bytes);
        try {
            while (written.hasRemaining()) {
                channel.write(written);
            }
        } finally {
            bytes.clear();
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (channel) {
            flush();
        } finally {
            bytes.releaseLast();
        }
    }

    private int capturedLength(int interfaceId, int length) {
        int snapLength = snapLengths.get(interfaceId);
        int captured = snapLength == 0 ? length : Math.min(length, snapLength);
        if (captured < 0 || captured > MAX_BLOCK_BYTES / 2) {
            throw new IllegalArgumentException("packet length is " + captured);
        }
        return captured;
    }

    private long begin(int type) {
        long block = bytes.writePosition();
        bytes.writeInt(type).writeInt(0);
        return block;
    }

    /** Ends the options (harmless where there are none) and sets both lengths. */
    private void end(long block) {
        bytes.writeShort((short) OPT_END).writeShort((short) 0);
        int length = (int) (bytes.writePosition() - block) + Integer.BYTES;
        bytes.writeInt(length).writeInt(block + LENGTH_OFFSET, length);
    }

    private void option(int code, byte[] value) {
        bytes.writeShort((short) code).writeShort((short) value.length).write(value);
        pad(value.length);
    }

    private void copy(DirectBuffer data, int offset, int length) {
        long at = bytes.writePosition();
        bytes.ensureCapacity(at + length);
        data.getBytes(offset, bytes.underlyingObject().clear(), (int) at, length);
        bytes.writePosition(at + length);
        pad(length);
    }

    private void pad(int length) {
        for (int i = length; (i & 3) != 0; i++) {
            bytes.writeByte((byte) 0);
        }
    }

    /** UTF-8, cut between characters where an option has no room for more. */
    private static byte[] utf8(String text) {
        ByteBuffer room = ByteBuffer.allocate(Math.min(MAX_OPTION_BYTES, text.length() * 3));
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(text), room, true);
        return Arrays.copyOf(room.array(), room.position());
    }
}

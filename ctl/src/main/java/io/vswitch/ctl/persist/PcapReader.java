package io.vswitch.ctl.persist;

import io.vswitch.ctl.state.Refusal;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes one Ethernet frame out of a pcap or pcapng file of either byte order; one thread. The file
 * may be hostile: no length in it is believed, and no more than one record is held. Source:
 * draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng (4.1 to 4.4, appendix A).
 */
public final class PcapReader {
    /** Longest frame, bytes. */
    public static final int MAX_FRAME = 65_535;

    private static final int MAX_RECORD = 1 << 20;
    private static final int MAX_INTERFACES = 4096;
    private static final int ETHERNET = 1;
    private static final int PCAP_MICROS = 0xa1b2c3d4;
    private static final int PCAP_NANOS = 0xa1b23c4d;
    private static final int PCAP_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int SECTION = 0x0a0d0d0a;
    private static final int SECTION_MAGIC = 0x1a2b3c4d;
    private static final int INTERFACE = 1;
    private static final int OLD_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;
    private static final int BLOCK_EDGES = 12;
    private static final int PACKET_FIELDS = 20;

    private final String name;
    private final InputStream in;
    private final long wanted;
    private final List<long[]> interfaces = new ArrayList<>();
    private ByteOrder order = ByteOrder.BIG_ENDIAN;
    private long packets;

    private PcapReader(final String name, final InputStream in, final long wanted) {
        this.name = name;
        this.in = in;
        this.wanted = wanted;
    }

    /**
     * The frame of a packet; what a snap length cut off is filled up with zeros.
     *
     * @param number of the packet, from 1.
     * @throws Refusal when the file can't be read, is no capture of Ethernet, is damaged before the
     *     packet, or has no such packet.
     */
    public static byte[] frame(final Path file, final long number) {
        if (number < 1) {
            throw Refusal.usage("packet " + number + "; packets count from 1");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return new PcapReader(file.toString(), in, number).read();
        } catch (final NoSuchFileException e) {
            throw Refusal.failure("can't read " + file + ": no such file");
        } catch (final EOFException e) {
            throw Refusal.failure(file + " ends in the middle of a record");
        } catch (final IOException e) {
            throw Refusal.failure("can't read " + file + ": " + e.getMessage());
        }
    }

    private byte[] read() throws IOException {
        final byte[] magic = in.readNBytes(4);
        if (magic.length == 4) {
            final int big = ByteBuffer.wrap(magic).getInt();
            final int little = Integer.reverseBytes(big);
            if (big == SECTION) {
                return pcapng();
            }
            if (isPcap(big) || isPcap(little)) {
                order = isPcap(big) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
                return pcap();
            }
        }
        throw Refusal.failure(name + " is neither a pcap nor a pcapng file");
    }

    private static boolean isPcap(final int magic) {
        return magic == PCAP_MICROS || magic == PCAP_NANOS;
    }

    private byte[] pcap() throws IOException {
        final ByteBuffer header = take(PCAP_HEADER - 4);
        checkLink(header.getInt(16) & 0xffff);
        while (true) {
            final ByteBuffer record = takeOrEnd(RECORD_HEADER);
            if (record == null) {
                throw missing();
            }
            packets++;
            final long captured = Integer.toUnsignedLong(record.getInt(8));
            if (packets == wanted) {
                return frame(record.getInt(12), take(checked(captured)));
            }
            in.skipNBytes(checked(captured));
        }
    }

    private byte[] pcapng() throws IOException {
        section();
        while (true) {
            final ByteBuffer start = takeOrEnd(4);
            if (start == null) {
                throw missing();
            }
            if (start.getInt(0) == SECTION) {
                section();
                continue;
            }
            final ByteBuffer body = body(Integer.toUnsignedLong(take(4).getInt(0)));
            final byte[] frame = block(start.getInt(0), body);
            if (frame != null) {
                return frame;
            }
        }
    }

    /**
     * A section header behind its type; its length can be read only when its byte order is known.
     */
    private void section() throws IOException {
        final ByteBuffer head = take(8);
        order = ByteOrder.BIG_ENDIAN;
        if (head.order(order).getInt(4) != SECTION_MAGIC) {
            order = ByteOrder.LITTLE_ENDIAN;
        }
        if (head.order(order).getInt(4) != SECTION_MAGIC) {
            throw damaged("a section header without byte order");
        }
        interfaces.clear();
        final long length = Integer.toUnsignedLong(head.getInt(0));
        if (length < 28) {
            throw damaged("a section header of " + length + " bytes");
        }
        in.skipNBytes(checked(length) - BLOCK_EDGES);
    }

    /** What is between a block's first length and its second, which must be the same. */
    private ByteBuffer body(final long length) throws IOException {
        if (length < BLOCK_EDGES || length % 4 != 0) {
            throw damaged("a block of " + length + " bytes");
        }
        final ByteBuffer body = take(checked(length) - BLOCK_EDGES);
        if (Integer.toUnsignedLong(take(4).getInt(0)) != length) {
            throw damaged("a block whose two lengths differ");
        }
        return body;
    }

    /** The frame, when the block is the packet that is wanted. */
    private byte[] block(final int type, final ByteBuffer body) {
        switch (type) {
            case INTERFACE -> addInterface(body);
            case SIMPLE_PACKET -> {
                return ++packets == wanted ? simple(body) : null;
            }
            case ENHANCED_PACKET, OLD_PACKET -> {
                return ++packets == wanted ? packet(type, body) : null;
            }
            default -> {
                // statistics, names and whatever else
            }
        }
        return null;
    }

    private void addInterface(final ByteBuffer body) {
        need(body, 8);
        if (interfaces.size() == MAX_INTERFACES) {
            throw damaged("more than " + MAX_INTERFACES + " interfaces");
        }
        interfaces.add(
                new long[] {body.getShort(0) & 0xffff, Integer.toUnsignedLong(body.getInt(4))});
    }

    private byte[] simple(final ByteBuffer body) {
        need(body, 4);
        checkInterface(0);
        final long original = Integer.toUnsignedLong(body.getInt(0));
        final long snap = interfaces.get(0)[1];
        final long captured =
                Math.min(Math.min(original, snap == 0 ? original : snap), body.capacity() - 4);
        return frame(body.getInt(0), body.slice(4, (int) captured));
    }

    private byte[] packet(final int type, final ByteBuffer body) {
        need(body, PACKET_FIELDS);
        checkInterface(
                type == OLD_PACKET
                        ? body.getShort(0) & 0xffff
                        : Integer.toUnsignedLong(body.getInt(0)));
        final long captured = Integer.toUnsignedLong(body.getInt(12));
        if (captured > body.capacity() - PACKET_FIELDS) {
            throw damaged("a packet longer than its block");
        }
        return frame(body.getInt(16), body.slice(PACKET_FIELDS, (int) captured));
    }

    private void checkInterface(final long id) {
        if (id >= interfaces.size()) {
            throw damaged("a packet of interface " + id + ", which isn't described");
        }
        checkLink((int) interfaces.get((int) id)[0]);
    }

    private void checkLink(final int link) {
        if (link != ETHERNET) {
            throw Refusal.failure(
                    name + ": packets of link type " + link + "; allowed is Ethernet (1)");
        }
    }

    private byte[] frame(final int originalLength, final ByteBuffer captured) {
        final long length = Math.max(Integer.toUnsignedLong(originalLength), captured.remaining());
        if (length < 1 || length > MAX_FRAME) {
            throw Refusal.failure(
                    "%s: packet %d has %d bytes; allowed are 1 to %d"
                            .formatted(name, wanted, length, MAX_FRAME));
        }
        final byte[] frame = new byte[(int) length];
        captured.get(frame, 0, captured.remaining());
        return frame;
    }

    private ByteBuffer takeOrEnd(final int length) throws IOException {
        final byte[] bytes = in.readNBytes(length);
        if (bytes.length != 0 && bytes.length < length) {
            throw new EOFException();
        }
        return bytes.length == 0 ? null : ByteBuffer.wrap(bytes).order(order);
    }

    private ByteBuffer take(final int length) throws IOException {
        final byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return ByteBuffer.wrap(bytes).order(order);
    }

    private int checked(final long length) {
        if (length > MAX_RECORD) {
            throw damaged("a record of " + length + " bytes");
        }
        return (int) length;
    }

    private void need(final ByteBuffer body, final int length) {
        if (body.capacity() < length) {
            throw damaged("a block too short for its type");
        }
    }

    private Refusal damaged(final String what) {
        return Refusal.failure("%s is damaged after packet %d: %s".formatted(name, packets, what));
    }

    private Refusal missing() {
        return Refusal.failure(
                "%s has %d packet(s); there is no packet %d".formatted(name, packets, wanted));
    }
}

package io.vswitch.ctl.persist;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.zip.CRC32C;

/**
 * The bytes of a journal file; stateless, any thread. All numbers are little-endian.
 *
 * <pre>
 * file    +--------------------+---------------+---------------+-- - -
 *         | file header (36 B) | transaction 1 | transaction 2 |
 *         +--------------------+---------------+---------------+-- - -
 *
 * header   0               8       12      16          24           32     36
 *         +---------------+-------+-------+-----------+------------+------+
 *         | "VSWJRNL\n"   |version| salt  |generation | first seq. | CRC  |   CRC32C of bytes 0..31
 *         +---------------+-------+-------+-----------+------------+------+
 *
 * trans-   0      4       8           16      20         24         28
 * action  +------+-------+-----------+-------+----------+----------+----------------- - -
 *         | salt | body  | sequence  |records| head CRC | CRC      | body
 *         |      | length| of 1st    |       |          |          |
 *         +------+-------+-----------+-------+----------+----------+----------------- - -
 *                                                head CRC: CRC32C of bytes 0..19
 *                                                CRC: CRC32C of bytes 0..23 and the body
 * body    +--------+---------+--------+---------+-- - -
 *         | length | payload | length | payload |        "records" times
 *         +--------+---------+--------+---------+-- - -
 * </pre>
 *
 * A transaction is written by one append and has one checksum, so its records survive together or
 * not at all. Sequence numbers have no holes and go on over generations. The salt is drawn anew for
 * every generation and opens each transaction: a payload that holds a copy of a journal, or blocks
 * left over from a deleted one, can't pass for a transaction of this file. The head has its own CRC
 * so that a damaged length is never followed.
 */
final class JournalFormat {
    static final int VERSION = 1;
    static final int FILE_HEADER_LENGTH = 36;
    static final int HEAD_LENGTH = 28;

    /** Longest body of one transaction. */
    static final int MAX_BODY_LENGTH = 64 << 20;

    /** Longest journal file; desired state is some MiB, and open reads the file as a whole. */
    static final int MAX_FILE_LENGTH = 1 << 30;

    static final int SALT_OFFSET = 0;
    static final int BODY_LENGTH_OFFSET = 4;
    static final int SEQUENCE_OFFSET = 8;
    static final int RECORDS_OFFSET = 16;
    static final int HEAD_CRC_OFFSET = 20;
    static final int CRC_OFFSET = 24;

    private static final long MAGIC = 0x0A4C4E524A575356L; // "VSWJRNL\n"
    private static final int FILE_CRC_OFFSET = 32;

    private JournalFormat() {}

    /** The file header's fields. */
    record FileHeader(int version, int salt, long generation, long firstSequence) {
        /** A header for a new file, with a new salt. */
        static FileHeader create(long generation, long firstSequence) {
            int salt = new SecureRandom().nextInt() | 1; // never 0: zeros are no head
            return new FileHeader(VERSION, salt, generation, firstSequence);
        }

        ByteBuffer encode() {
            ByteBuffer b = ByteBuffer.allocate(FILE_HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
            b.putLong(MAGIC)
                    .putInt(version)
                    .putInt(salt)
                    .putLong(generation)
                    .putLong(firstSequence);
            return b.putInt(crc(b, 0, FILE_CRC_OFFSET)).flip();
        }
    }

    /** What is wrong with the file header, or null. */
    static String headerDefect(ByteBuffer file) {
        if (file.limit() < FILE_HEADER_LENGTH) {
            return "file header is cut off after "
                    + file.limit()
                    + " of "
                    + FILE_HEADER_LENGTH
                    + " bytes";
        }
        if (file.getLong(0) != MAGIC) {
            return "file header doesn't start with a journal's magic";
        }
        boolean matches = file.getInt(FILE_CRC_OFFSET) == crc(file, 0, FILE_CRC_OFFSET);
        return matches ? null : "file header's checksum doesn't match";
    }

    /** Only after {@link #headerDefect} found none. */
    static FileHeader header(ByteBuffer file) {
        return new FileHeader(file.getInt(8), file.getInt(12), file.getLong(16), file.getLong(24));
    }

    /** True if an undamaged transaction head of this file's salt lies at {@code offset}. */
    static boolean isHead(ByteBuffer file, int offset, int salt) {
        return offset <= file.limit() - HEAD_LENGTH
                && file.getInt(offset + SALT_OFFSET) == salt
                && file.getInt(offset + HEAD_CRC_OFFSET) == crc(file, offset, HEAD_CRC_OFFSET);
    }

    /**
     * True if the head at {@code offset} (checked by {@link #isHead}) has its whole, undamaged
     * body.
     */
    static boolean isWhole(ByteBuffer file, int offset) {
        int bodyLength = bodyLength(file, offset);
        if (bodyLength < 0 || bodyLength > file.limit() - offset - HEAD_LENGTH) {
            return false;
        }
        return file.getInt(offset + CRC_OFFSET) == transactionCrc(file, offset, bodyLength);
    }

    static int bodyLength(ByteBuffer file, int offset) {
        return file.getInt(offset + BODY_LENGTH_OFFSET);
    }

    static int headCrc(ByteBuffer b, int offset) {
        return crc(b, offset, HEAD_CRC_OFFSET);
    }

    static int transactionCrc(ByteBuffer b, int offset, int bodyLength) {
        CRC32C crc = new CRC32C();
        crc.update(slice(b, offset, CRC_OFFSET));
        crc.update(slice(b, offset + HEAD_LENGTH, bodyLength));
        return (int) crc.getValue();
    }

    private static int crc(ByteBuffer b, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(slice(b, offset, length));
        return (int) crc.getValue();
    }

    private static ByteBuffer slice(ByteBuffer b, int offset, int length) {
        return b.duplicate().clear().position(offset).limit(offset + length);
    }
}

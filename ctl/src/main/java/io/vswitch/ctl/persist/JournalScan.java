package io.vswitch.ctl.persist;

import static io.vswitch.ctl.persist.JournalFormat.FILE_HEADER_LENGTH;
import static io.vswitch.ctl.persist.JournalFormat.HEAD_LENGTH;
import static io.vswitch.ctl.persist.JournalFormat.RECORDS_OFFSET;
import static io.vswitch.ctl.persist.JournalFormat.SEQUENCE_OFFSET;

import io.vswitch.ctl.persist.JournalFormat.FileHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One reading of a journal file: its good records, and what the bytes behind them are; used by one
 * thread, once.
 *
 * <p>A torn tail and damage in the middle are told apart by what an append can leave behind. It
 * writes one transaction at the end of the file and returns when that is on disk, and nothing else
 * is written before. So a crash can spoil the last transaction alone: cut short, or with any of its
 * sectors zero or stale. The bytes from the first bad transaction on are a torn tail unless they
 * hold proof of a second append: the bad one's head is sound and bytes other than zero lie behind
 * its end; or its head is bad too and a sound head lies anywhere behind it. A sound transaction
 * with the wrong sequence number is damage wherever it lies. Two or more last transactions whose
 * heads are all destroyed look like a single torn one; they can't be told apart without a second
 * fsync for each append.
 */
final class JournalScan {
    private final ByteBuffer file;
    private final List<byte[]> records = new ArrayList<>();
    private final String headerDefect;
    private FileHeader header;
    private int goodEnd;
    private String damage;

    /** Reads {@code bytes}; the scan keeps no reference to parts of it, payloads are copies. */
    JournalScan(byte[] bytes) {
        file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        headerDefect = JournalFormat.headerDefect(file);
        header = headerDefect == null ? JournalFormat.header(file) : headerFromFirstTransaction();
        if (headerDefect != null) {
            damage = headerDefect;
        }
        if (header != null && header.version() == JournalFormat.VERSION) {
            readTransactions();
        }
    }

    /**
     * Reads {@code log} from disk.
     *
     * @throws IOException if it can't be read, or is of another version: that is no damage to
     *     repair
     */
    static JournalScan of(Path log) throws IOException {
        JournalScan scan = new JournalScan(JournalFiles.read(log));
        if (scan.header != null && scan.header.version() != JournalFormat.VERSION) {
            throw new IOException(
                    log
                            + ": format version "
                            + scan.header.version()
                            + ", this program reads "
                            + JournalFormat.VERSION);
        }
        return scan;
    }

    /** The good records in order; the first has sequence {@code header().firstSequence()}. */
    List<byte[]> records() {
        return records;
    }

    /** Null if both the file header and the first transaction are unreadable. */
    FileHeader header() {
        return header;
    }

    boolean isHeaderSound() {
        return headerDefect == null;
    }

    /** Null for a sound file or a torn tail, else what is wrong with the first bad thing. */
    String damage() {
        return damage;
    }

    /** Offset behind the last good transaction. */
    int goodEnd() {
        return goodEnd;
    }

    long nextSequence() {
        return header == null ? 1 : header.firstSequence() + records.size();
    }

    /**
     * The salt and first sequence also stand in the first transaction, so a bad header costs no
     * record.
     */
    private FileHeader headerFromFirstTransaction() {
        if (file.limit() < FILE_HEADER_LENGTH + HEAD_LENGTH) {
            return null;
        }
        int salt = file.getInt(FILE_HEADER_LENGTH);
        if (!JournalFormat.isHead(file, FILE_HEADER_LENGTH, salt)) {
            return null;
        }
        long first = file.getLong(FILE_HEADER_LENGTH + SEQUENCE_OFFSET);
        return new FileHeader(JournalFormat.VERSION, salt, 0, first);
    }

    private void readTransactions() {
        goodEnd = FILE_HEADER_LENGTH;
        while (goodEnd < file.limit() && isGood(goodEnd) && readRecords(goodEnd)) {
            goodEnd += HEAD_LENGTH + JournalFormat.bodyLength(file, goodEnd);
        }
        if (damage == null && goodEnd < file.limit()) {
            damage = damageInTail();
        }
    }

    private boolean isGood(int offset) {
        return JournalFormat.isHead(file, offset, header.salt())
                && JournalFormat.isWhole(file, offset)
                && file.getLong(offset + SEQUENCE_OFFSET) == nextSequence();
    }

    private boolean readRecords(int offset) {
        int at = offset + HEAD_LENGTH;
        int end = at + JournalFormat.bodyLength(file, offset);
        List<byte[]> found = new ArrayList<>();
        while (end - at >= Integer.BYTES) {
            int length = file.getInt(at);
            at += Integer.BYTES;
            if (length < 0 || length > end - at) {
                break;
            }
            byte[] payload = new byte[length];
            file.get(at, payload);
            found.add(payload);
            at += length;
        }
        boolean agrees = at == end && found.size() == file.getInt(offset + RECORDS_OFFSET);
        if (agrees) {
            records.addAll(found);
        } else if (damage == null) {
            damage = "record lengths disagree with the transaction's";
        }
        return agrees;
    }

    private String damageInTail() {
        if (!JournalFormat.isHead(file, goodEnd, header.salt())) {
            int next = findHead(goodEnd + 1);
            return next < 0 ? null : "head is damaged, and a later record starts at byte " + next;
        }
        long sequence = file.getLong(goodEnd + SEQUENCE_OFFSET);
        if (sequence != nextSequence()) {
            return "sequence number is " + sequence + " where " + nextSequence() + " must follow";
        }
        long end = goodEnd + (long) HEAD_LENGTH + JournalFormat.bodyLength(file, goodEnd);
        boolean isLast = end >= file.limit() || isZero((int) end);
        return isLast ? null : "checksum doesn't match, and more data follows at byte " + end;
    }

    private int findHead(int from) {
        for (int at = from; at <= file.limit() - HEAD_LENGTH; at++) {
            if (JournalFormat.isHead(file, at, header.salt())) {
                return at;
            }
        }
        return -1;
    }

    private boolean isZero(int from) {
        for (int at = from; at < file.limit(); at++) {
            if (file.get(at) != 0) {
                return false;
            }
        }
        return true;
    }
}

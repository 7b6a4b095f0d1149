package io.vswitch.ctl.persist;

import java.nio.ByteBuffer;
import java.util.List;
import net.openhft.chronicle.bytes.Bytes;

/** Builds transactions of {@link JournalFormat} off-heap; owned by the journal's thread. */
final class TransactionEncoder implements AutoCloseable {
    private static final int INITIAL_BYTES = 64 << 10;

    private final Bytes<ByteBuffer> bytes =
            OffHeapBytes.allocate(
                    INITIAL_BYTES, JournalFormat.HEAD_LENGTH + JournalFormat.MAX_BODY_LENGTH);

    /**
     * The bytes of one transaction, valid until the next call.
     *
     * @throws IllegalArgumentException if there are no records or they are too long together
     */
    ByteBuffer encode(int salt, long sequence, List<byte[]> records) {
        int bodyLength = bodyLength(records);
        bytes.clear();
        bytes.writeInt(salt).writeInt(bodyLength).writeLong(sequence).writeInt(records.size());
        bytes.writeInt(0).writeInt(0);
        for (byte[] payload : records) {
            bytes.writeInt(payload.length).write(payload);
        }
        bytes.writeInt(
                JournalFormat.HEAD_CRC_OFFSET,
                JournalFormat.headCrc(OffHeapBytes.written(bytes), 0));
        bytes.writeInt(
                JournalFormat.CRC_OFFSET,
                JournalFormat.transactionCrc(OffHeapBytes.written(bytes), 0, bodyLength));
        return OffHeapBytes.written(bytes);
    }

    private static int bodyLength(List<byte[]> records) {
        long length = 0;
        for (byte[] payload : records) {
            length += Integer.BYTES + (long) payload.length;
        }
        if (length == 0 || length > JournalFormat.MAX_BODY_LENGTH) {
            throw new IllegalArgumentException(
                    "transaction of "
                            + records.size()
                            + " records, "
                            + length
                            + " bytes; allowed are 1 to "
                            + JournalFormat.MAX_BODY_LENGTH);
        }
        return (int) length;
    }

    @Override
    public void close() {
        bytes.releaseLast();
    }
}

package io.vswitch.ctl.persist;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A journal is damaged other than by a torn last append; immutable. The message is one line for the
 * user: file, record, byte, what is wrong, and the way out. The file is left as it was.
 */
public final class JournalCorruptedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long record;
    private final long byteOffset;

    JournalCorruptedException(Path file, JournalScan scan) {
        super(message(file, scan));
        record = scan.isHeaderSound() ? scan.nextSequence() : 0;
        byteOffset = scan.isHeaderSound() ? scan.goodEnd() : 0;
    }

    /** Sequence number of the damaged record, 0 for the file header. */
    public long record() {
        return record;
    }

    /** Where the damaged record starts in the file. */
    public long byteOffset() {
        return byteOffset;
    }

    private static String message(Path file, JournalScan scan) {
        String where =
                scan.isHeaderSound()
                        ? "record " + scan.nextSequence() + " at byte " + scan.goodEnd()
                        : "record 0 (file header) at byte 0";
        return file
                + ": "
                + where
                + ": "
                + scan.damage()
                + "; nothing was changed; run `vswitchd --repair-journal` to "
                + kept(scan)
                + " to "
                + file.getFileName()
                + ".bad";
    }

    private static String kept(JournalScan scan) {
        if (scan.records().isEmpty()) {
            return "start with no records and move everything";
        }
        long first = scan.header().firstSequence();
        return "keep records " + first + ".." + (scan.nextSequence() - 1) + " and move the rest";
    }
}

package io.vswitch.ctl.persist;

import java.nio.file.Path;

/**
 * What {@link Journal#repair} did; immutable.
 *
 * @param keptRecords how many records stay in the journal
 * @param lastSequence sequence number of the last one kept, 0 if none
 * @param movedBytes how many bytes went to {@code movedTo}
 * @param movedTo the file with the bytes taken out, null if the journal was sound
 */
public record RepairReport(int keptRecords, long lastSequence, long movedBytes, Path movedTo) {}

package io.vswitch.ctl.persist;

/**
 * What opening a journal found; immutable.
 *
 * @param generation number of compactions since the journal was created, plus 1
 * @param records how many records were replayed
 * @param lastSequence sequence number of the last record, 0 if there was never one
 * @param cutBytes length of the torn tail that was cut: a record that was never acknowledged
 */
public record OpenReport(long generation, int records, long lastSequence, long cutBytes) {}

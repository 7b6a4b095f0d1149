package io.vswitch.core.flow;

/**
 * Keeps a {@link FlowTable} from filling up, in the three steps of Open vSwitch's revalidators;
 * owned by the table's thread, called once per duty cycle.
 *
 * <pre>
 *   size up to 1/2         the idle time-out as configured
 *   1/2 to 15/16           it shrinks in proportion, down to 100 ms
 *   full                   100 ms, and the table evicts
 * </pre>
 *
 * <p>The sweep goes round the table four times per idle time-out, so a flow is gone after 1.25
 * time-outs at the latest, unless that needs more than 10 entries per microsecond (5 % of a core; 1
 * M entries take 0.1 s) or the calls are so rare that {@link #MAX_PER_CALL} doesn't keep up.
 */
public final class FlowAgeing {
    /** Shortest idle time-out that pressure leads to, nanoseconds. */
    public static final long MIN_IDLE_NS = 100_000_000;

    /** Most entries that a call looks at: bounds it to less than 1 ms even if all of them go. */
    public static final int MAX_PER_CALL = 4096;

    private static final int ROUNDS_PER_IDLE = 4;
    private static final long MIN_NS_PER_ENTRY = 100;

    private final FlowTable table;
    private final long idleNs;
    private final int lowMark;
    private final int highMark;
    private FlowPressure pressure = FlowPressure.NORMAL;
    private long effectiveIdleNs;
    private long sweptUntilNs;
    private long timesShortened;
    private long timesFull;
    private long evictionsSeen;

    /**
     * @param idleNs time after which an unused flow is forgotten while there is room, nanoseconds,
     *     above 0.
     * @param nowNs the time that {@link #doWork} goes on from.
     */
    public FlowAgeing(final FlowTable table, final long idleNs, final long nowNs) {
        this.table = table;
        this.idleNs = idleNs;
        this.effectiveIdleNs = idleNs;
        this.lowMark = table.capacity() / 2;
        this.highMark = table.capacity() / 16 * 15;
        this.sweptUntilNs = nowNs;
    }

    /**
     * Judges the pressure and goes on with the sweep.
     *
     * @return flows taken out.
     */
    public int doWork(final long nowNs) {
        judge();
        final long nsPerEntry =
                Math.max(
                        MIN_NS_PER_ENTRY,
                        effectiveIdleNs / ROUNDS_PER_IDLE / Math.max(1, table.span()));
        final long due = (nowNs - sweptUntilNs) / nsPerEntry;
        if (due < 1) {
            return 0;
        }
        if (due > MAX_PER_CALL) {
            sweptUntilNs = nowNs;
            return table.expire(nowNs, effectiveIdleNs, MAX_PER_CALL);
        }
        sweptUntilNs += due * nsPerEntry;
        return table.expire(nowNs, effectiveIdleNs, (int) due);
    }

    private void judge() {
        final FlowPressure before = pressure;
        final int size = table.size();
        if (size == table.capacity() || table.evictions() != evictionsSeen) {
            pressure = FlowPressure.FULL;
        } else {
            pressure = size > lowMark ? FlowPressure.SHORTENED : FlowPressure.NORMAL;
        }
        evictionsSeen = table.evictions();
        effectiveIdleNs = idleAt(size);
        if (pressure != before) {
            timesShortened += pressure == FlowPressure.SHORTENED ? 1 : 0;
            timesFull += pressure == FlowPressure.FULL ? 1 : 0;
        }
    }

    private long idleAt(final int size) {
        if (size <= lowMark || idleNs <= MIN_IDLE_NS) {
            return idleNs;
        }
        if (size >= highMark) {
            return MIN_IDLE_NS;
        }
        return idleNs - (idleNs - MIN_IDLE_NS) / (highMark - lowMark) * (size - lowMark);
    }

    /** What the last {@link #doWork} found. */
    public FlowPressure pressure() {
        return pressure;
    }

    /** Idle time-out in force, nanoseconds. */
    public long effectiveIdleNs() {
        return effectiveIdleNs;
    }

    /** Times that {@link FlowPressure#SHORTENED} began. */
    public long timesShortened() {
        return timesShortened;
    }

    /** Times that {@link FlowPressure#FULL} began. */
    public long timesFull() {
        return timesFull;
    }
}

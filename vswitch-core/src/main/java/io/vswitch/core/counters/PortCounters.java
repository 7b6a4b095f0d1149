package io.vswitch.core.counters;

import java.util.Map;
import org.agrona.CloseHelper;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/**
 * Counters of one port as one worker counts them: allocated and freed by the conductor, written by
 * the worker alone. Labels in the file read {@code port=NAME worker=N NAME_OF_COUNTER}.
 */
public final class PortCounters {
    /**
     * Counter type in the file: everything a port counts; the key holds port id, worker and index.
     */
    public static final int TYPE_ID = 1;

    /** Names of the counters before the drop reasons, in order. */
    private static final String[] NAMES = {
        "rx-packets", "rx-bytes", "tx-packets", "tx-bytes", "replicated"
    };

    private static final DropReason[] REASONS = DropReason.values();

    /** Counters that one instance takes. */
    public static final int COUNT = NAMES.length + REASONS.length;

    private final AtomicCounter[] fixed = new AtomicCounter[NAMES.length];
    private final AtomicCounter[] drops = new AtomicCounter[REASONS.length];
    private final AtomicCounter rxPackets;
    private final AtomicCounter rxBytes;
    private final AtomicCounter txPackets;
    private final AtomicCounter txBytes;
    private final AtomicCounter replicated;

    /**
     * Allocates the counters; conductor's thread.
     *
     * @throws IllegalStateException when there is no room for all of them; none is taken then.
     */
    public PortCounters(final CountersManager manager, final String port, final int worker) {
        try {
            allocate(manager, "port=" + port + " worker=" + worker + " ");
        } catch (final IllegalStateException e) {
            free();
            throw e;
        }
        rxPackets = fixed[0];
        rxBytes = fixed[1];
        txPackets = fixed[2];
        txBytes = fixed[3];
        replicated = fixed[4];
    }

    private void allocate(final CountersManager manager, final String prefix) {
        for (int i = 0; i < NAMES.length; i++) {
            fixed[i] = manager.newCounter(prefix + NAMES[i], TYPE_ID);
        }
        for (final DropReason reason : REASONS) {
            drops[reason.ordinal()] =
                    manager.newCounter(prefix + "drop " + reason.label(), TYPE_ID);
        }
    }

    /** The worker received frames. */
    public void received(final long packets, final long bytes) {
        rxPackets.getAndAddRelease(packets);
        rxBytes.getAndAddRelease(bytes);
    }

    /** The worker handed frames to the port. */
    public void sent(final long packets, final long bytes) {
        txPackets.getAndAddRelease(packets);
        txBytes.getAndAddRelease(bytes);
    }

    /**
     * The worker made extra copies of a received frame or answered it (flooding, segmentation,
     * reject).
     */
    public void replicated(final long copies) {
        replicated.getAndAddRelease(copies);
    }

    /** The worker dropped a frame. */
    public void dropped(final DropReason reason) {
        drops[reason.ordinal()].getAndAddRelease(1);
    }

    public long rxPackets() {
        return rxPackets.get();
    }

    public long rxBytes() {
        return rxBytes.get();
    }

    public long txPackets() {
        return txPackets.get();
    }

    public long txBytes() {
        return txBytes.get();
    }

    public long replicated() {
        return replicated.get();
    }

    /** Adds the drops to a sum per reason; only reasons with a count. */
    public void addDropsTo(final Map<DropReason, Long> sums) {
        for (final DropReason reason : REASONS) {
            final long count = drops[reason.ordinal()].get();
            if (count != 0) {
                sums.merge(reason, count, Long::sum);
            }
        }
    }

    /** Gives the counters back; conductor's thread, after the worker let go. */
    public void free() {
        CloseHelper.closeAll(fixed);
        CloseHelper.closeAll(drops);
    }
}

package io.vswitch.core.engine;

/**
 * A switch without threads: its caller runs workers and conductor by {@link #cycle}, so that tests
 * and benchmarks decide what happens when. All methods are for one thread, and those that change
 * something run cycles until it is done.
 */
public interface ManualSwitch extends VirtualSwitch {
    /**
     * Runs the conductor and every worker once.
     *
     * @return how much they did; 0 when there was nothing to do.
     */
    int cycle();

    /** Packet slabs that are held by anybody: 0 when every packet was sent or dropped. */
    int slabsInUse();
}

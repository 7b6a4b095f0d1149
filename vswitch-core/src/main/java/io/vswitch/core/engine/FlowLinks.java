package io.vswitch.core.engine;

import org.agrona.UnsafeApi;

/**
 * The TCP connection that hears of all packets of a flow, by entry of the flow table: off-heap,
 * owned by one worker. No memory is taken until the first flow has one.
 */
final class FlowLinks implements AutoCloseable {
    /** The flow's connections hear of it now and then. */
    static final long NONE = 0;

    private final int capacity;
    private long memory;

    /** For a flow table with so many entries. */
    FlowLinks(final int capacity) {
        this.capacity = capacity;
    }

    /** Frees the memory; no other method may be called afterwards. */
    @Override
    public void close() {
        if (memory != 0) {
            UnsafeApi.freeMemory(memory);
            memory = 0;
        }
    }

    long of(final int flow) {
        return memory == 0 ? NONE : UnsafeApi.getLong(memory + (long) flow * Long.BYTES);
    }

    void put(final int flow, final long link) {
        if (memory == 0) {
            if (link == NONE) {
                return;
            }
            memory = UnsafeApi.allocateMemory((long) capacity * Long.BYTES);
            UnsafeApi.setMemory(memory, (long) capacity * Long.BYTES, (byte) 0);
        }
        UnsafeApi.putLong(memory + (long) flow * Long.BYTES, link);
    }
}

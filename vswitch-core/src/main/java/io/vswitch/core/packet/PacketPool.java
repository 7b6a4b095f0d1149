package io.vswitch.core.packet;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Off-heap slabs for frames, in two classes, owned by one worker: every method runs on that
 * worker's thread.
 *
 * <p>A slab has {@link #HEADROOM} bytes before its frame for an outer header or a virtio_net_hdr.
 * Free slabs are kept on a stack, so the slab used last, still in the cache, is used next. The
 * stride of both classes is an odd number of cache lines, which keeps the heads of the slabs of a
 * burst out of one cache set.
 *
 * <pre>
 *   slab:  | headroom 192 | frame: 2,048 (small) or 65,920 (large) bytes |
 * </pre>
 */
public final class PacketPool {
    /** Bytes before the first byte of a freshly allocated frame. */
    public static final int HEADROOM = 192;

    /** Longest frame of a small slab, bytes. */
    public static final int SMALL_CAPACITY = 2048;

    /**
     * Longest frame of a large slab, bytes: a 64 KiB IP packet, Ethernet, two VLAN tags, and room
     * to grow.
     */
    public static final int LARGE_CAPACITY = 65_920;

    /** No slab is free. */
    public static final int NONE = -1;

    private static final int SMALL_STRIDE = HEADROOM + SMALL_CAPACITY;
    private static final int LARGE_STRIDE = HEADROOM + LARGE_CAPACITY;

    private final UnsafeBuffer buffer;
    private final int smallCount;
    private final int largeBase;
    private final int[] freeSmall;
    private final int[] freeLarge;
    private final int[] references;
    private int freeSmallCount;
    private int freeLargeCount;

    /**
     * @param smallCount slabs of {@link #SMALL_CAPACITY} bytes, at least 1.
     * @param largeCount slabs of {@link #LARGE_CAPACITY} bytes, at least 1.
     * @throws IllegalArgumentException when a count is below 1 or the sum of all slabs reaches 2
     *     GiB.
     */
    public PacketPool(final int smallCount, final int largeCount) {
        final long bytes = (long) smallCount * SMALL_STRIDE + (long) largeCount * LARGE_STRIDE;
        if (smallCount < 1 || largeCount < 1 || bytes > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException(
                    "packet pool: "
                            + smallCount
                            + " small and "
                            + largeCount
                            + " large slabs; allowed: at least 1 each, below 2 GiB in all");
        }
        this.smallCount = smallCount;
        this.largeBase = smallCount * SMALL_STRIDE;
        final ByteBuffer memory = ByteBuffer.allocateDirect((int) bytes + 64);
        this.buffer = new UnsafeBuffer(memory.alignedSlice(64));
        this.references = new int[smallCount + largeCount];
        this.freeSmall = stack(0, smallCount);
        this.freeLarge = stack(smallCount, largeCount);
        this.freeSmallCount = smallCount;
        this.freeLargeCount = largeCount;
    }

    private static int[] stack(final int first, final int count) {
        final int[] slabs = new int[count];
        for (int i = 0; i < count; i++) {
            slabs[i] = first + count - 1 - i;
        }
        return slabs;
    }

    /** The memory of all slabs; offsets in a {@link PacketBatch} are absolute in it. */
    public UnsafeBuffer buffer() {
        return buffer;
    }

    /** A small slab with one reference, or {@link #NONE}. */
    public int allocateSmall() {
        if (freeSmallCount == 0) {
            return NONE;
        }
        final int slab = freeSmall[--freeSmallCount];
        references[slab] = 1;
        return slab;
    }

    /** A large slab with one reference, or {@link #NONE}. */
    public int allocateLarge() {
        if (freeLargeCount == 0) {
            return NONE;
        }
        final int slab = freeLarge[--freeLargeCount];
        references[slab] = 1;
        return slab;
    }

    /** A slab that holds a frame of {@code lengthBytes}, or {@link #NONE}. */
    public int allocate(final int lengthBytes) {
        if (lengthBytes <= SMALL_CAPACITY) {
            final int slab = allocateSmall();
            return slab != NONE ? slab : allocateLarge();
        }
        return lengthBytes <= LARGE_CAPACITY ? allocateLarge() : NONE;
    }

    /** One more holder: the slab is free again after one more {@link #release}. */
    public void retain(final int slab) {
        references[slab]++;
    }

    /** One holder less; the last one frees the slab. */
    public void release(final int slab) {
        final int left = --references[slab];
        if (left == 0) {
            free(slab);
        } else if (left < 0) {
            throw new IllegalStateException("slab " + slab + " released more often than held");
        }
    }

    private void free(final int slab) {
        if (slab < smallCount) {
            freeSmall[freeSmallCount++] = slab;
        } else {
            freeLarge[freeLargeCount++] = slab;
        }
    }

    /** Absolute offset in {@link #buffer()} of the first byte of a fresh frame of this slab. */
    public int frameOffset(final int slab) {
        return slab < smallCount
                ? slab * SMALL_STRIDE + HEADROOM
                : largeBase + (slab - smallCount) * LARGE_STRIDE + HEADROOM;
    }

    /** Longest frame, in bytes, that starts at {@link #frameOffset}. */
    public int capacity(final int slab) {
        return slab < smallCount ? SMALL_CAPACITY : LARGE_CAPACITY;
    }

    /** Slabs that somebody holds: 0 when every packet was sent or dropped. */
    public int inUse() {
        return references.length - freeSmallCount - freeLargeCount;
    }

    /** Slabs of the large class that are free. */
    public int freeLarge() {
        return freeLargeCount;
    }

    /** Slabs of the small class that are free. */
    public int freeSmall() {
        return freeSmallCount;
    }
}

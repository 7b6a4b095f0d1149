package io.vswitch.tap;

import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An io_uring that does up to {@link #CAPACITY} writes, to any descriptors, in one system call;
 * owned by one worker. Every write is done, in the order it was added, when {@link #submit}
 * returns: RWF_NOWAIT keeps the kernel from putting one off. Source: io_uring(7),
 * io_uring_setup(2), {@code include/uapi/linux/io_uring.h}.
 *
 * <p>Needs Linux 6.5, because the memory of the rings is ours (IORING_SETUP_NO_MMAP): one page for
 * the rings and one for the submission entries, beside one descriptor.
 *
 * <pre>
 *   io_uring_params: entries (32) | cq entries (32) | flags (32) | cpu, idle (64) | features (32) | wq fd (32) | - (96)
 *     then at 40 and 80, the offsets in the submission and in the completion ring:
 *       head (32) | tail (32) | mask (32) | entries (32) | ..., at 20: cqes (32), at 24: array (32), at 32: address (64)
 *   io_uring_sqe, 64 bytes: opcode (8) | flags (8) | ioprio (16) | fd (32) | file offset (64) | address (64) |
 *                           length (32) | rw flags (32) | user data (64) | ...
 *   io_uring_cqe, 16 bytes: user data (64) | result (32) | flags (32)
 * </pre>
 */
final class WriteRing implements AutoCloseable {
    /** Most writes of one {@link #submit}: as many entries as fit a page. */
    static final int CAPACITY = 64;

    private static final int MASK = CAPACITY - 1;

    private static final long SYS_IO_URING_SETUP = 425;
    private static final long SYS_IO_URING_ENTER = 426;
    private static final int IORING_SETUP_SUBMIT_ALL = 1 << 7;
    private static final int IORING_SETUP_NO_MMAP = 1 << 14;
    private static final byte IORING_OP_WRITE = 23;
    private static final int RWF_NOWAIT = 8;
    private static final long CURRENT_POSITION = -1;

    private static final int PARAMS_LENGTH = 120;
    private static final int PARAMS_FLAGS = 8;
    private static final int PARAMS_SQ = 40;
    private static final int PARAMS_CQ = 80;
    private static final int RING_HEAD = 0;
    private static final int RING_TAIL = 4;
    private static final int RING_MASK = 8;
    private static final int RING_CQES = 20;
    private static final int RING_ARRAY = 24;
    private static final int RING_ADDRESS = 32;

    private static final int SQE_LENGTH = 64;
    private static final int SQE_FD = 4;
    private static final int SQE_FILE_OFFSET = 8;
    private static final int SQE_ADDRESS = 16;
    private static final int SQE_BYTES = 24;
    private static final int SQE_RW_FLAGS = 28;
    private static final int SQE_USER_DATA = 32;

    private static final int CQE_LENGTH = 16;
    private static final int CQE_RESULT = 8;

    private final int fd;
    private final UnsafeBuffer rings;
    private final UnsafeBuffer entries;
    private final int submissionTail;
    private final int completionHead;
    private final int completionTail;
    private final int completionMask;
    private final int completions;
    private final int[] results = new int[CAPACITY];
    private int first;
    private int submitted;
    private int tail;
    private int head;
    private boolean usable = true;
    private boolean closed;

    private WriteRing(
            final int fd,
            final UnsafeBuffer params,
            final UnsafeBuffer rings,
            final UnsafeBuffer entries) {
        this.fd = fd;
        this.rings = rings;
        this.entries = entries;
        this.submissionTail = params.getInt(PARAMS_SQ + RING_TAIL);
        this.completionHead = params.getInt(PARAMS_CQ + RING_HEAD);
        this.completionTail = params.getInt(PARAMS_CQ + RING_TAIL);
        this.completionMask = rings.getInt(params.getInt(PARAMS_CQ + RING_MASK));
        this.completions = params.getInt(PARAMS_CQ + RING_CQES);
        prepareEntries(params.getInt(PARAMS_SQ + RING_ARRAY));
    }

    /** A ring, or null where the kernel has none, or not of this kind, or forbids it. */
    static WriteRing openOrNull() {
        final UnsafeBuffer rings = page();
        final UnsafeBuffer entries = page();
        final UnsafeBuffer params = Native.memory(PARAMS_LENGTH);
        params.putInt(PARAMS_FLAGS, IORING_SETUP_SUBMIT_ALL | IORING_SETUP_NO_MMAP);
        params.putLong(PARAMS_SQ + RING_ADDRESS, entries.addressOffset());
        params.putLong(PARAMS_CQ + RING_ADDRESS, rings.addressOffset());
        final long fd =
                Native.LIBC.syscall(SYS_IO_URING_SETUP, CAPACITY, params.addressOffset(), 0, 0);
        return fd < 0 ? null : new WriteRing((int) fd, params, rings, entries);
    }

    private static UnsafeBuffer page() {
        final int length = UnsafeApi.pageSize();
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, length));
    }

    /** The kernel never changes an entry, so what all writes have in common is written once. */
    private void prepareEntries(final int array) {
        for (int i = 0; i < CAPACITY; i++) {
            final int entry = i * SQE_LENGTH;
            rings.putInt(array + i * Integer.BYTES, i);
            entries.putByte(entry, IORING_OP_WRITE);
            entries.putLong(entry + SQE_FILE_OFFSET, CURRENT_POSITION);
            entries.putInt(entry + SQE_RW_FLAGS, RWF_NOWAIT);
            entries.putLong(entry + SQE_USER_DATA, i);
        }
    }

    /** False once the ring was closed or the kernel refused it: nothing may be added any more. */
    boolean isUsable() {
        return usable;
    }

    /** Adds a write to the next {@link #submit}; at most {@link #CAPACITY} of them. */
    void add(final int toFd, final long address, final int length) {
        final int index = tail++ & MASK;
        final int entry = index * SQE_LENGTH;
        entries.putInt(entry + SQE_FD, toFd);
        entries.putLong(entry + SQE_ADDRESS, address);
        entries.putInt(entry + SQE_BYTES, length);
        results[index] = -Native.EAGAIN;
    }

    /** Does the writes that were added; {@link #result} then tells how each one ended. */
    void submit() {
        first = submitted;
        rings.putIntRelease(submissionTail, tail);
        while (submitted != tail) {
            final int taken = enter(tail - submitted);
            if (taken <= 0) {
                break;
            }
            submitted += taken;
        }
        if (submitted != tail) {
            // Without SQPOLL the kernel looks at the tail inside the call only.
            tail = submitted;
            rings.putIntRelease(submissionTail, tail);
        }
        complete();
    }

    /**
     * Entries the kernel took, 0 for none: EAGAIN and EBUSY say that it is short of memory now,
     * anything else that this ring won't work any more.
     */
    private int enter(final int count) {
        int taken;
        int errno = 0;
        do {
            taken = (int) Native.LIBC.syscall(SYS_IO_URING_ENTER, fd, count, 0, 0);
            errno = taken < 0 ? Native.errno() : 0;
        } while (errno == Native.EINTR);
        usable &= errno == 0 || errno == Native.EAGAIN || errno == Native.EBUSY;
        return Math.max(taken, 0);
    }

    private void complete() {
        while (head != submitted) {
            if (head == rings.getIntVolatile(completionTail)) {
                if (!usable) {
                    break;
                }
                // Never seen: a completion that needs the thread in the kernel once more.
                enter(0);
                continue;
            }
            final int completion = completions + (head++ & completionMask) * CQE_LENGTH;
            results[(int) rings.getLong(completion)] = rings.getInt(completion + CQE_RESULT);
        }
        rings.putIntRelease(completionHead, head);
    }

    /**
     * How the write of the last {@link #submit} ended that was added as number {@code index}: bytes
     * written or a negated errno, -EAGAIN also when the kernel did not take it at all.
     */
    int result(final int index) {
        return results[first + index & MASK];
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            usable = false;
            Native.LIBC.close(fd);
        }
    }
}

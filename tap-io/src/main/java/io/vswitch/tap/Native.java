package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The loaded C library, its errno, and what both are needed for everywhere; usable from any thread.
 */
final class Native {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int EIO = 5;
    static final int EBADFD = 77;
    static final int EMSGSIZE = 90;
    static final int EADDRINUSE = 98;
    static final int EADDRNOTAVAIL = 99;
    static final int ENETDOWN = 100;
    static final int ENOBUFS = 105;

    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");

    private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);
    private static final int SCRATCH_ALIGNMENT = 16;

    private Native() {}

    /** errno of the calling thread's last call. */
    static int errno() {
        return RUNTIME.getLastError();
    }

    /** errno values after which a descriptor's device will never come back. */
    static boolean isGone(final int errno) {
        return errno == EBADFD || errno == ENODEV || errno == ENXIO || errno == EBADF;
    }

    /** Zeroed memory for arguments of calls, freed by the garbage collector. */
    static UnsafeBuffer memory(final int lengthBytes) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(lengthBytes, SCRATCH_ALIGNMENT));
    }

    /** One line: what was attempted and what the kernel said. */
    static SwitchException failure(final String attempted, final int errno) {
        return new SwitchException(attempted + ": " + LIBC.strerror(errno));
    }

    /**
     * @throws SwitchException "{attempted}: {errno text}" when {@code result} is negative.
     */
    static int check(final int result, final String attempted) {
        if (result < 0) {
            throw failure(attempted, errno());
        }
        return result;
    }
}

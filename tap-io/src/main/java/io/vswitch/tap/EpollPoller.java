package io.vswitch.tap;

import io.vswitch.core.port.Poller;
import io.vswitch.core.port.PortQueue;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Readiness by epoll, level-triggered, with an eventfd that {@link #wakeUp} writes; owned by one
 * worker. The TAPs' queues that are added share a {@link BatchWriter}, where the kernel has
 * io_uring. Source: epoll_wait(2), eventfd(2).
 */
public final class EpollPoller implements Poller {
    static final int EPOLL_CLOEXEC = Native.O_CLOEXEC;
    static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    static final int EPOLLIN = 1;
    private static final int MAX_EVENTS = 256;
    private static final int WAKE_UP = -1;

    /** struct epoll_event is packed on x86-64 only. */
    private static final int DATA = "amd64".equals(System.getProperty("os.arch")) ? 4 : 8;

    static final int EVENT_LENGTH = DATA + Long.BYTES;
    private static final int TIMESPEC_LENGTH = 16;

    private final UnsafeBuffer events = Native.memory(EVENT_LENGTH * MAX_EVENTS);
    private final UnsafeBuffer change = Native.memory(EVENT_LENGTH);
    private final UnsafeBuffer timespec = Native.memory(TIMESPEC_LENGTH);
    private final UnsafeBuffer drained = Native.memory(Long.BYTES);
    private final UnsafeBuffer one = Native.memory(Long.BYTES);
    private final int epollFd;
    private final int eventFd;
    private final boolean waitsNanoseconds;
    private boolean mayUseRing;
    private BatchWriter writer;
    private volatile boolean closed;

    /**
     * @throws io.vswitch.core.engine.SwitchException when the process has no descriptor left.
     */
    public EpollPoller() {
        this(true);
    }

    private EpollPoller(final boolean mayUseRing) {
        this.mayUseRing = mayUseRing;
        epollFd =
                Native.check(Native.LIBC.epoll_create1(EPOLL_CLOEXEC), "create an epoll instance");
        eventFd = Native.LIBC.eventfd(0, Native.O_NONBLOCK | Native.O_CLOEXEC);
        if (eventFd < 0) {
            final int errno = Native.errno();
            Native.LIBC.close(epollFd);
            throw Native.failure("create an eventfd", errno);
        }
        one.putLong(0, 1);
        watch(eventFd, WAKE_UP);
        waitsNanoseconds = hasPwait2();
    }

    /** A poller whose queues write each frame by itself, as they do where io_uring is missing. */
    public static EpollPoller withPlainWrites() {
        return new EpollPoller(false);
    }

    /** Linux 5.11 and glibc 2.35 have it; without it a wait is rounded up to milliseconds. */
    private boolean hasPwait2() {
        try {
            return Native.LIBC.epoll_pwait2(
                            epollFd, events.addressOffset(), 1, timespec.addressOffset(), 0)
                    >= 0;
        } catch (final UnsatisfiedLinkError e) {
            return false;
        }
    }

    private void watch(final int fd, final int token) {
        change.putInt(0, EPOLLIN);
        change.putLong(DATA, token);
        Native.check(
                Native.LIBC.epoll_ctl(epollFd, EPOLL_CTL_ADD, fd, change.addressOffset()),
                "watch descriptor " + fd + " with epoll");
    }

    @Override
    public void add(final PortQueue queue, final int token) {
        if (queue.fileDescriptor() >= 0) {
            watch(queue.fileDescriptor(), token);
        }
        if (queue instanceof TapQueue) {
            ((TapQueue) queue).writer(writer());
        }
    }

    /**
     * The ring is opened by the worker that will use it: when it is closed the kernel interrupts
     * the waits of every thread that had to do with it, once.
     */
    private BatchWriter writer() {
        if (mayUseRing) {
            mayUseRing = false;
            final WriteRing ring = WriteRing.openOrNull();
            writer = ring == null ? null : new BatchWriter(ring);
        }
        return writer;
    }

    @Override
    public void remove(final PortQueue queue) {
        if (queue.fileDescriptor() >= 0) {
            Native.LIBC.epoll_ctl(epollFd, EPOLL_CTL_DEL, queue.fileDescriptor(), 0);
        }
        if (queue instanceof TapQueue) {
            ((TapQueue) queue).writer(null);
        }
    }

    /**
     * Whether the TAPs' queues write bursts with one system call; known when the first one has been
     * added.
     */
    @Override
    public boolean usesUring() {
        return writer != null;
    }

    @Override
    public int poll(final int[] tokens, final long timeoutNs) {
        final int ready = await(Math.min(tokens.length, MAX_EVENTS), timeoutNs);
        int count = 0;
        for (int i = 0; i < ready; i++) {
            final int token = (int) events.getLong(i * EVENT_LENGTH + DATA);
            if (token == WAKE_UP) {
                Native.LIBC.read(eventFd, drained.addressOffset(), Long.BYTES);
            } else {
                tokens[count++] = token;
            }
        }
        return count;
    }

    private int await(final int maxEvents, final long timeoutNs) {
        final long address = events.addressOffset();
        if (timeoutNs <= 0 || !waitsNanoseconds) {
            final long roundedUpMs =
                    (timeoutNs + TimeUnit.MILLISECONDS.toNanos(1) - 1)
                            / TimeUnit.MILLISECONDS.toNanos(1);
            final int timeoutMs = (int) Math.min(Math.max(roundedUpMs, 0), Integer.MAX_VALUE);
            return Native.LIBC.epoll_wait(epollFd, address, maxEvents, timeoutMs);
        }
        timespec.putLong(0, timeoutNs / TimeUnit.SECONDS.toNanos(1));
        timespec.putLong(Long.BYTES, timeoutNs % TimeUnit.SECONDS.toNanos(1));
        return Native.LIBC.epoll_pwait2(epollFd, address, maxEvents, timespec.addressOffset(), 0);
    }

    @Override
    public void wakeUp() {
        if (!closed) {
            Native.LIBC.write(eventFd, one.addressOffset(), Long.BYTES);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (writer != null) {
                writer.close();
            }
            Native.LIBC.close(eventFd);
            Native.LIBC.close(epollFd);
        }
    }
}

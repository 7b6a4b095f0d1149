package io.vswitch.tap;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * A descriptor that is readable when one of two others is: made and closed by the conductor,
 * watched by a worker. Source: epoll(7).
 */
final class EpollPair implements AutoCloseable {
    private final int fd;

    EpollPair(final int first, final int second) {
        fd =
                Native.check(
                        Native.LIBC.epoll_create1(EpollPoller.EPOLL_CLOEXEC),
                        "create an epoll instance");
        watch(first);
        watch(second);
    }

    private void watch(final int watched) {
        final UnsafeBuffer event = Native.memory(EpollPoller.EVENT_LENGTH);
        event.putInt(0, EpollPoller.EPOLLIN);
        Native.check(
                Native.LIBC.epoll_ctl(
                        fd, EpollPoller.EPOLL_CTL_ADD, watched, event.addressOffset()),
                "watch descriptor " + watched + " with epoll");
    }

    int fd() {
        return fd;
    }

    @Override
    public void close() {
        Native.LIBC.close(fd);
    }
}

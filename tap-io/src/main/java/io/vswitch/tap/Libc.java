package io.vswitch.tap;

import jnr.ffi.annotations.IgnoreError;

/**
 * The C library calls this module makes; callable from any thread. Addresses and sizes are plain
 * {@code long}s, so that no call allocates. A result of -1 means {@link Native#errno()} says why.
 * Source: the man pages of the same names.
 */
public interface Libc {
    int open(String path, int flags, int mode);

    @IgnoreError
    int close(int fd);

    int ioctl(int fd, long request, long argument);

    int fcntl(int fd, int command, long argument);

    long read(int fd, long address, long length);

    long write(int fd, long address, long length);

    int socket(int domain, int type, int protocol);

    int bind(int fd, long address, int length);

    int setsockopt(int fd, int level, int option, long value, int length);

    int getsockopt(int fd, int level, int option, long value, long lengthAddress);

    int getsockname(int fd, long address, long length);

    long send(int fd, long address, long length, int flags);

    long recv(int fd, long address, long length, int flags);

    long recvmsg(int fd, long message, int flags);

    int recvmmsg(int fd, long messages, int count, int flags, long timeout);

    int sendmmsg(int fd, long messages, int count, int flags);

    @SuppressWarnings("checkstyle:MethodName")
    int epoll_create1(int flags);

    @SuppressWarnings("checkstyle:MethodName")
    int epoll_ctl(int epollFd, int operation, int fd, long event);

    @SuppressWarnings("checkstyle:MethodName")
    int epoll_wait(int epollFd, long events, int maxEvents, int timeoutMs);

    @SuppressWarnings("checkstyle:MethodName")
    int epoll_pwait2(int epollFd, long events, int maxEvents, long timespec, long signalMask);

    int eventfd(int initial, int flags);

    int setns(int fd, int type);

    /** For calls without a wrapper in the C library; arguments beyond these are garbage. */
    long syscall(long number, long first, long second, long third, long fourth);

    @IgnoreError
    int getpid();

    @IgnoreError
    String strerror(int errno);
}

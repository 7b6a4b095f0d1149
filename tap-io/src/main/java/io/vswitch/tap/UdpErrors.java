package io.vswitch.tap;

import io.vswitch.core.counters.DropReason;

/** What the errors of sending a datagram mean; stateless, the worker's thread. */
final class UdpErrors {
    private UdpErrors() {}

    /**
     * True when the error is the network's answer to an earlier datagram, so that sending again
     * makes sense.
     */
    static boolean isStale(final int fd, final int errno) {
        return errno != Native.EAGAIN
                && errno != Native.ENOBUFS
                && errno != Native.EMSGSIZE
                && errno != Native.EINVAL;
    }

    static DropReason reason(final int errno) {
        switch (errno) {
            case Native.EAGAIN:
            case Native.ENOBUFS:
                return DropReason.TX_QUEUE_FULL;
            case Native.EMSGSIZE:
                return DropReason.EXCEEDS_MTU;
            default:
                return DropReason.TX_ERROR;
        }
    }
}

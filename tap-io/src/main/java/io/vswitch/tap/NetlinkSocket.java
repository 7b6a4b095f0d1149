package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.util.function.IntConsumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An rtnetlink socket of the namespace in which it was opened; used by the conductor. Source:
 * netlink(7), {@code include/uapi/linux/netlink.h}.
 */
final class NetlinkSocket implements AutoCloseable {
    static final int REQUEST = 0x1;
    static final int ACKNOWLEDGE = 0x4;
    static final int EXCLUSIVE = 0x200;
    static final int CREATE = 0x400;
    static final int DUMP = 0x300;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | Native.O_CLOEXEC;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int ERROR_LENGTH = Integer.BYTES + NetlinkRequest.HEADER_LENGTH;
    private static final int PENDING = -1;
    private static final int RECEIVE_CAPACITY = 64 * 1024;

    private final UnsafeBuffer answer = Native.memory(RECEIVE_CAPACITY);
    private final int fd;
    private int sequence;

    NetlinkSocket() {
        fd =
                Native.check(
                        Native.LIBC.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, 0),
                        "open an rtnetlink socket");
        // Niceties of newer kernels: without them errors are terser and dumps longer.
        enable(NETLINK_CAP_ACK);
        enable(NETLINK_EXT_ACK);
        enable(NETLINK_GET_STRICT_CHK);
    }

    private void enable(final int option) {
        final UnsafeBuffer one = Native.memory(Integer.BYTES);
        one.putInt(0, 1);
        Native.LIBC.setsockopt(fd, SOL_NETLINK, option, one.addressOffset(), Integer.BYTES);
    }

    /** The memory that the offsets given to {@link #query}'s consumer point into. */
    UnsafeBuffer answer() {
        return answer;
    }

    /**
     * Sends a request and waits for its acknowledgement.
     *
     * @return 0, or the errno with which the kernel refused if that is {@code tolerated}.
     * @throws SwitchException "{attempted}: {why}" for any other refusal.
     */
    int execute(final NetlinkRequest request, final String attempted, final int tolerated) {
        return query(request, attempted, tolerated, offset -> {});
    }

    /**
     * {@link #execute} with answers: {@code onMessage} gets the offset of each one's header in
     * {@link #answer()}. A request must ask for {@link #ACKNOWLEDGE} or {@link #DUMP}, else there
     * would be no end to wait for.
     */
    int query(
            final NetlinkRequest request,
            final String attempted,
            final int tolerated,
            final IntConsumer onMessage) {
        final UnsafeBuffer buffer = request.finish(++sequence);
        if (Native.LIBC.send(fd, buffer.addressOffset(), request.length(), 0) < 0) {
            throw Native.failure(attempted, Native.errno());
        }
        int outcome = PENDING;
        while (outcome == PENDING) {
            outcome = takeAnswers(receive(attempted), attempted, tolerated, onMessage);
        }
        return outcome;
    }

    private int receive(final String attempted) {
        while (true) {
            final long received = Native.LIBC.recv(fd, answer.addressOffset(), RECEIVE_CAPACITY, 0);
            if (received >= 0) {
                return (int) received;
            }
            if (Native.errno() != Native.EINTR) {
                throw Native.failure(attempted, Native.errno());
            }
        }
    }

    /**
     * Goes through the messages of one datagram; {@link #PENDING} when the end isn't among them.
     */
    private int takeAnswers(
            final int received,
            final String attempted,
            final int tolerated,
            final IntConsumer onMessage) {
        int offset = 0;
        while (offset + NetlinkRequest.HEADER_LENGTH <= received) {
            final int type = answer.getShort(offset + NetlinkRequest.TYPE);
            if (answer.getInt(offset + NetlinkRequest.SEQUENCE) == sequence) {
                if (type == NLMSG_ERROR || type == NLMSG_DONE) {
                    return outcome(offset, type, attempted, tolerated);
                }
                onMessage.accept(offset);
            }
            offset += NetlinkRequest.aligned(answer.getInt(offset));
        }
        return PENDING;
    }

    private int outcome(
            final int offset, final int type, final String attempted, final int tolerated) {
        final int code = answer.getInt(offset + NetlinkRequest.HEADER_LENGTH);
        if (code >= 0 || type == NLMSG_DONE) {
            return 0;
        }
        if (-code == tolerated) {
            return tolerated;
        }
        final String detail = detail(offset);
        final SwitchException failure = Native.failure(attempted, -code);
        throw detail.isEmpty()
                ? failure
                : new SwitchException(failure.getMessage() + " (" + detail + ")");
    }

    /** The kernel's own words on an error, or nothing. */
    private String detail(final int offset) {
        if ((answer.getShort(offset + NetlinkRequest.FLAGS) & NLM_F_ACK_TLVS) == 0) {
            return "";
        }
        final int attributes = offset + NetlinkRequest.HEADER_LENGTH + ERROR_LENGTH;
        final NetlinkAttributes reader =
                new NetlinkAttributes(answer, attributes, offset + answer.getInt(offset));
        while (reader.next()) {
            if (reader.type() == NLMSGERR_ATTR_MSG) {
                return reader.string();
            }
        }
        return "";
    }

    @Override
    public void close() {
        Native.LIBC.close(fd);
    }
}

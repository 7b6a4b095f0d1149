package io.vswitch.core.state;

import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;

/**
 * Layout of a connection's key, the same for packets of both directions: it speaks of the endpoint
 * behind the port and of its peer, not of source and destination. Stateless.
 *
 * <pre>
 *   words 0, 1   address of the endpoint        words 2, 3   address of the peer
 *   word 4       endpoint's port (16) | peer's port (16) | port id (16) | layer (16)
 *   word 5       protocol (8) | IPv6 (1) | echo asked by the endpoint (1)
 *   word 6       outer VLAN (16) | inner VLAN (16)
 *   word 7       0
 * </pre>
 *
 * For ICMP echo the endpoint's port is the identifier and the peer's is 0.
 */
final class ConnectionKey {
    static final int WORDS = 8;

    /** Words that entries keep. */
    static final int STORED_WORDS = 7;

    private static final int ASKED_BY_ENDPOINT = 1;
    private static final int IPV6 = 2;
    private static final int ECHO_REQUEST = 8 << 8;
    private static final int ECHO_REPLY = 0;
    private static final int ECHO_REQUEST_V6 = 128 << 8;
    private static final int ECHO_REPLY_V6 = 129 << 8;

    private ConnectionKey() {}

    /** False when packets like this one belong to no connection: the key is then unchanged. */
    static boolean isTracked(final HeaderFields fields) {
        if (fields.fragment == FlowKey.FRAGMENT_LATER || !(fields.isIpv4() || fields.isIpv6())) {
            return false;
        }
        return fields.protocol == IpProtocol.TCP
                || fields.protocol == IpProtocol.UDP
                || isEchoRequest(fields)
                || isEchoReply(fields);
    }

    private static boolean isIcmp(final HeaderFields fields) {
        return fields.protocol == (fields.isIpv6() ? IpProtocol.ICMPV6 : IpProtocol.ICMP);
    }

    static boolean isEchoRequest(final HeaderFields fields) {
        return isIcmp(fields)
                && fields.destinationPort == (fields.isIpv6() ? ECHO_REQUEST_V6 : ECHO_REQUEST);
    }

    static boolean isEchoReply(final HeaderFields fields) {
        return isIcmp(fields)
                && fields.destinationPort == (fields.isIpv6() ? ECHO_REPLY_V6 : ECHO_REPLY);
    }

    /** Fills the key for a tracked packet. */
    static void fill(
            final long[] key,
            final int portId,
            final int layer,
            final Direction direction,
            final HeaderFields fields) {
        final boolean out = direction == Direction.OUTBOUND;
        key[0] = out ? fields.sourceHigh : fields.destinationHigh;
        key[1] = out ? fields.sourceLow : fields.destinationLow;
        key[2] = out ? fields.destinationHigh : fields.sourceHigh;
        key[3] = out ? fields.destinationLow : fields.sourceLow;
        final boolean echo = isIcmp(fields);
        long local = out ? fields.sourcePort : fields.destinationPort;
        long peer = out ? fields.destinationPort : fields.sourcePort;
        if (echo) {
            local = fields.sourcePort;
            peer = 0;
        }
        key[4] = local << 48 | peer << 32 | (long) portId << 16 | layer;
        final int asked = echo && isEchoRequest(fields) == out ? ASKED_BY_ENDPOINT : 0;
        key[5] = fields.protocol << 8 | (fields.isIpv6() ? IPV6 : 0) | asked;
        key[6] = (long) fields.outerVlan << 16 | fields.innerVlan;
    }

    /** Loads the addresses and ports of the opener's packets. */
    static void load(final long[] key, final Direction direction, final HeaderFields fields) {
        final int local = direction == Direction.OUTBOUND ? 0 : 2;
        final int peer = 2 - local;
        fields.sourceHigh = key[local];
        fields.sourceLow = key[local + 1];
        fields.destinationHigh = key[peer];
        fields.destinationLow = key[peer + 1];
        final int localPort = (int) (key[4] >>> 48);
        final int peerPort = (int) (key[4] >>> 32) & 0xffff;
        fields.protocol = (int) key[5] >> 8 & 0xff;
        fields.outerVlan = (int) (key[6] >>> 16);
        fields.innerVlan = (int) key[6] & 0xffff;
        if (isIcmp(fields)) {
            fields.sourcePort = localPort;
            fields.destinationPort = fields.isIpv6() ? ECHO_REQUEST_V6 : ECHO_REQUEST;
        } else {
            fields.sourcePort = direction == Direction.OUTBOUND ? localPort : peerPort;
            fields.destinationPort = direction == Direction.OUTBOUND ? peerPort : localPort;
        }
    }

    /** Fills {@code to} with where the opener's packets come from: address, port, and no peer. */
    static void source(final long[] key, final Direction direction, final long[] to) {
        final boolean out = direction == Direction.OUTBOUND;
        to[0] = key[out ? 0 : 2];
        to[1] = key[out ? 1 : 3];
        final int protocol = protocol(key[5]);
        final boolean local = out || protocol != IpProtocol.TCP && protocol != IpProtocol.UDP;
        to[2] = local ? key[4] >>> 48 : key[4] >>> 32 & 0xffff;
        to[3] = key[5] & ~ASKED_BY_ENDPOINT;
    }

    static int portId(final long word4) {
        return (int) (word4 >>> 16) & 0xffff;
    }

    static int layer(final long word4) {
        return (int) word4 & 0xffff;
    }

    static boolean isIpv6(final long word5) {
        return (word5 & IPV6) != 0;
    }

    static int protocol(final long word5) {
        return (int) word5 >> 8 & 0xff;
    }
}

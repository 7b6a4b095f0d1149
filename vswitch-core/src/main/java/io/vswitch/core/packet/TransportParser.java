package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.counters.DropReason;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * TCP, UDP, ICMP and ICMPv6 part of {@link PacketParser}; stateless, runs on the worker that owns
 * the batch. A first fragment must hold the whole transport header (RFC 1858 section 3, RFC 7112).
 */
final class TransportParser {
    private TransportParser() {}

    /**
     * @param end absolute offset of the IP packet's end.
     * @param flags of the layers below, {@link ParseFlag#FIRST_FRAGMENT} included.
     * @param word2 of the key, complete but for TCP flags.
     */
    static DropReason transport(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int l4,
            final int end,
            final int protocol,
            final int flags,
            final long word2) {
        if (protocol == IpProtocol.TCP) {
            return tcp(batch, slot, l3, l4, end, flags, word2);
        }
        if (protocol == IpProtocol.UDP) {
            return udp(batch, slot, l3, l4, end, flags, word2);
        }
        final boolean v6 = (flags & ParseFlag.IPV6) != 0;
        if (protocol == (v6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP)) {
            return icmp(batch, slot, l3, l4, end, flags, word2, v6);
        }
        return PacketParser.finish(batch, slot, l3, 0, flags, word2, 0);
    }

    private static DropReason tcp(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int l4,
            final int end,
            final int flags,
            final long word2) {
        final UnsafeBuffer b = batch.buffer();
        if (!TcpHeader.isValid(b, l4, end)) {
            return malformed(flags, end - l4 < TcpHeader.MIN_LENGTH, DropReason.MALFORMED_TCP);
        }
        final int tcpFlags = TcpHeader.flags(b, l4);
        final long ports = b.getInt(l4, BIG_ENDIAN);
        final int allFlags = flags | ParseFlag.TCP | tcpFlags << ParseFlag.TCP_FLAGS_SHIFT;
        return PacketParser.finish(
                batch, slot, l3, l4, allFlags, word2 | (long) tcpFlags << 16, ports << 32);
    }

    private static DropReason udp(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int l4,
            final int end,
            final int flags,
            final long word2) {
        final UnsafeBuffer b = batch.buffer();
        // The length in a first fragment is that of the whole datagram.
        final int limit = (flags & ParseFlag.FIRST_FRAGMENT) == 0 ? end : l4 + 65_535;
        if (end - l4 < UdpHeader.LENGTH || !UdpHeader.isValid(b, l4, limit)) {
            return malformed(flags, end - l4 < UdpHeader.LENGTH, DropReason.MALFORMED_UDP);
        }
        final long ports = b.getInt(l4, BIG_ENDIAN);
        return PacketParser.finish(batch, slot, l3, l4, flags | ParseFlag.UDP, word2, ports << 32);
    }

    private static DropReason icmp(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int l4,
            final int end,
            final int flags,
            final long word2,
            final boolean v6) {
        final UnsafeBuffer b = batch.buffer();
        if (!IcmpHeader.isValid(b, l4, end)) {
            return malformed(
                    flags, true, v6 ? DropReason.MALFORMED_ICMPV6 : DropReason.MALFORMED_ICMP);
        }
        final int type = IcmpHeader.type(b, l4);
        final long identifier = IcmpHeader.isEcho(type, v6) ? IcmpHeader.identifier(b, l4) : 0;
        final long typeAndCode = type << 8 | IcmpHeader.code(b, l4);
        return PacketParser.finish(
                batch,
                slot,
                l3,
                l4,
                flags | ParseFlag.ICMP,
                word2,
                identifier << 48 | typeAndCode << 32);
    }

    private static DropReason malformed(
            final int flags, final boolean cutOff, final DropReason reason) {
        return cutOff && (flags & ParseFlag.FIRST_FRAGMENT) != 0
                ? DropReason.MALFORMED_FRAGMENT
                : reason;
    }
}

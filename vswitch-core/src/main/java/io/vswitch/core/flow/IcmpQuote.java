package io.vswitch.core.flow;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.IcmpHeader;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.policy.HeaderFields;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads the packet that an ICMP error quotes (RFC 792, RFC 4443 section 3), so that the error finds
 * its connection (RFC 5508 section 4.2); stateless, runs on the worker that owns the batch. What is
 * quoted is hostile like the rest: it is checked against the end of the error.
 */
public final class IcmpQuote {
    /** Bytes of the transport header that are needed: ports, or type and identifier. */
    private static final int TRANSPORT = 8;

    /** ICMP types: unreachable, source quench, exceeded, parameter problem. */
    private static final int ERRORS = 1 << 3 | 1 << 4 | 1 << 11 | 1 << 12;

    private static final int V6_LAST_ERROR = 4;

    private IcmpQuote() {}

    /** True when a parsed packet is an error about another packet. */
    public static boolean isError(final PacketBatch batch, final int slot) {
        final int flags = batch.parseFlags(slot);
        if ((flags & ParseFlag.ICMP) == 0) {
            return false;
        }
        final int type = IcmpHeader.type(batch.buffer(), batch.l4Offset(slot));
        return (flags & ParseFlag.IPV6) != 0
                ? type >= 1 && type <= V6_LAST_ERROR
                : type < 32 && (ERRORS >>> type & 1) != 0;
    }

    /**
     * Loads what an error quotes into {@link HeaderFields#quoted} of its own fields, which are
     * loaded; leaves null there when it is no packet whose connection could be known.
     */
    public static void load(final PacketBatch batch, final int slot, final HeaderFields fields) {
        final UnsafeBuffer b = batch.buffer();
        final int l3 = batch.l3Offset(slot);
        final int at = batch.l4Offset(slot) + IcmpHeader.LENGTH;
        if (fields.fragment != 0) {
            return;
        }
        if (fields.isIpv6()) {
            final int end = l3 + Ipv6Header.LENGTH + Ipv6Header.payloadLength(b, l3);
            ipv6(b, at, end, fields);
        } else {
            ipv4(b, at, l3 + Ipv4Header.totalLength(b, l3), fields);
        }
    }

    private static void ipv4(
            final UnsafeBuffer b, final int at, final int end, final HeaderFields fields) {
        if (end - at < Ipv4Header.MIN_LENGTH || b.getByte(at) >>> 4 != 4) {
            return;
        }
        final int l4 = at + Ipv4Header.headerLength(b, at);
        if (l4 < at + Ipv4Header.MIN_LENGTH
                || end - l4 < TRANSPORT
                || (Ipv4Header.fragmentField(b, at) & Ipv4Header.FRAGMENT_MASK) != 0) {
            return;
        }
        final HeaderFields quoted = fields.quote();
        quoted.sourceHigh = 0;
        quoted.sourceLow = Ipv4Header.source(b, at) & 0xffff_ffffL;
        quoted.destinationHigh = 0;
        quoted.destinationLow = Ipv4Header.destination(b, at) & 0xffff_ffffL;
        transport(b, l4, Ipv4Header.protocol(b, at), quoted);
    }

    private static void ipv6(
            final UnsafeBuffer b, final int at, final int end, final HeaderFields fields) {
        final int l4 = at + Ipv6Header.LENGTH;
        if (end - l4 < TRANSPORT || (b.getByte(at) >>> 4 & 15) != 6) {
            return;
        }
        final HeaderFields quoted = fields.quote();
        quoted.sourceHigh = Ipv6Header.sourceHigh(b, at);
        quoted.sourceLow = Ipv6Header.sourceLow(b, at);
        quoted.destinationHigh = Ipv6Header.destinationHigh(b, at);
        quoted.destinationLow = Ipv6Header.destinationLow(b, at);
        transport(b, l4, Ipv6Header.nextHeader(b, at), quoted);
    }

    private static void transport(
            final UnsafeBuffer b, final int l4, final int protocol, final HeaderFields quoted) {
        quoted.protocol = protocol;
        if (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP) {
            quoted.sourcePort = b.getShort(l4, BIG_ENDIAN) & 0xffff;
            quoted.destinationPort = b.getShort(l4 + 2, BIG_ENDIAN) & 0xffff;
        } else {
            quoted.sourcePort = IcmpHeader.identifier(b, l4);
            quoted.destinationPort = IcmpHeader.type(b, l4) << 8 | IcmpHeader.code(b, l4);
        }
    }
}

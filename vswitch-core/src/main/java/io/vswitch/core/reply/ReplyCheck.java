package io.vswitch.core.reply;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.packet.TcpHeader;
import org.agrona.DirectBuffer;

/**
 * Which packets may be answered by an error at all: RFC 1122 section 3.2.2, RFC 4443 section 2.4
 * (e), RFC 9293 section 3.10.7.1. Stateless, runs on the worker that owns the batch.
 */
public final class ReplyCheck {
    private static final int ICMPV6_INFORMATIONAL = 128;
    private static final int ICMPV6_REDIRECT = 137;

    /** ICMP types that are errors: unreachable, source quench, redirect, exceeded, parameter. */
    private static final int ICMP_ERRORS = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 11 | 1 << 12;

    private ReplyCheck() {}

    /**
     * False for what isn't IP, later fragments, group destinations, addresses that name no single
     * host, ICMP errors and TCP resets.
     */
    public static boolean isAnswerable(final PacketBatch batch, final int slot) {
        final int flags = batch.parseFlags(slot);
        if ((flags & (ParseFlag.GROUP_DESTINATION | ParseFlag.LATER_FRAGMENT)) != 0) {
            return false;
        }
        final DirectBuffer b = batch.buffer();
        final int l3 = batch.l3Offset(slot);
        if ((flags & ParseFlag.IPV4) != 0) {
            return isHost(Ipv4Header.source(b, l3))
                    && isHost(Ipv4Header.destination(b, l3))
                    && !isError(batch, slot, flags);
        }
        return (flags & ParseFlag.IPV6) != 0
                && isHost(b, l3 + Ipv6Header.SOURCE_OFFSET)
                && isHost(b, l3 + Ipv6Header.DESTINATION_OFFSET)
                && !isError(batch, slot, flags);
    }

    /** False for IPv4 packets that a router may cut: those without DF (RFC 1191 section 4). */
    public static boolean isUnfragmentable(final PacketBatch batch, final int slot) {
        return (batch.parseFlags(slot) & ParseFlag.IPV6) != 0
                || (Ipv4Header.fragmentField(batch.buffer(), batch.l3Offset(slot))
                                & Ipv4Header.DONT_FRAGMENT)
                        != 0;
    }

    /** False for 0/8, 127/8 and all from 224/4 up (RFC 1122 section 3.2.1.3). */
    private static boolean isHost(final int address) {
        final int first = address >>> 24;
        return first != 0 && first != 127 && first < 224;
    }

    /** False for ff00::/8, :: and ::1. */
    private static boolean isHost(final DirectBuffer b, final int at) {
        final long high = b.getLong(at, BIG_ENDIAN);
        final long low = b.getLong(at + 8, BIG_ENDIAN);
        return high >>> 56 != 0xff && (high != 0 || low < 0 || low > 1);
    }

    private static boolean isError(final PacketBatch batch, final int slot, final int flags) {
        if ((flags & ParseFlag.TCP) != 0) {
            return (ParseFlag.tcpFlags(flags) & TcpHeader.RST) != 0;
        }
        if ((flags & ParseFlag.ICMP) == 0) {
            return false;
        }
        final int type = batch.buffer().getByte(batch.l4Offset(slot)) & 0xff;
        return (flags & ParseFlag.IPV6) != 0
                ? type < ICMPV6_INFORMATIONAL || type == ICMPV6_REDIRECT
                : type < 32 && (ICMP_ERRORS >>> type & 1) != 0;
    }
}

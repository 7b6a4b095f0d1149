package io.vswitch.core.guard;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import org.agrona.DirectBuffer;

/**
 * Neighbour discovery messages of an endpoint, RFC 4861 section 4: who they say is where.
 * Stateless, runs on the worker that owns the batch.
 *
 * <pre>
 *   RS  type 133 | code | checksum | reserved (32)                        | options
 *   RA  type 134 | code | checksum | 12 bytes                             | options
 *   NS  type 135 | code | checksum | reserved (32) | target, 16 bytes     | options
 *   NA  type 136 | code | checksum | R S O (32)    | target, 16 bytes     | options
 *   option       | type | length in 8 bytes, 0 is invalid | 1: source, 2: target link-layer address
 * </pre>
 */
final class NeighbourGuard {
    static final int ROUTER_SOLICITATION = 133;
    static final int ROUTER_ADVERTISEMENT = 134;
    static final int NEIGHBOUR_SOLICITATION = 135;
    static final int NEIGHBOUR_ADVERTISEMENT = 136;
    static final int REDIRECT = 137;

    private static final int TARGET_OFFSET = 8;
    private static final int OPTION_UNIT = 8;
    private static final int SOURCE_LINK_LAYER = 1;
    private static final int TARGET_LINK_LAYER = 2;

    private NeighbourGuard() {}

    /** Whether an ICMPv6 type is one of neighbour discovery. */
    static boolean isDiscovery(final int type) {
        return type >= ROUTER_SOLICITATION && type <= REDIRECT;
    }

    /** Whether a packet, which is ICMPv6 with this type of discovery, says only what is true. */
    static boolean allows(
            final PortGuards guards, final PacketBatch batch, final int slot, final int type) {
        if ((batch.parseFlags(slot) & ParseFlag.FIRST_FRAGMENT) != 0) {
            // RFC 6980: discovery must not be fragmented; options could hide in a later fragment
            return false;
        }
        if (type == REDIRECT) {
            return true;
        }
        final DirectBuffer b = batch.buffer();
        final int l3 = batch.l3Offset(slot);
        final int end = l3 + Ipv6Header.LENGTH + Ipv6Header.payloadLength(b, l3);
        final int message = batch.l4Offset(slot);
        final int options = message + headerLength(type);
        return options <= end
                && addressesAllowed(guards, b, l3, message, type)
                && optionsAllowed(guards, b, options, end);
    }

    private static int headerLength(final int type) {
        return switch (type) {
            case ROUTER_SOLICITATION -> 8;
            case ROUTER_ADVERTISEMENT -> 16;
            default -> 24;
        };
    }

    private static boolean addressesAllowed(
            final PortGuards guards,
            final DirectBuffer b,
            final int l3,
            final int message,
            final int type) {
        if (!guards.knowsAddresses()) {
            return true;
        }
        final long high = Ipv6Header.sourceHigh(b, l3);
        final long low = Ipv6Header.sourceLow(b, l3);
        final boolean unspecified = (high | low) == 0 && type != NEIGHBOUR_ADVERTISEMENT;
        final int target = message + TARGET_OFFSET;
        return (unspecified || guards.isIpv6(high, low))
                && (type != NEIGHBOUR_ADVERTISEMENT
                        || guards.isIpv6(
                                b.getLong(target, BIG_ENDIAN), b.getLong(target + 8, BIG_ENDIAN)));
    }

    /** Each round goes at least one unit on or ends; nothing at or beyond {@code end} is read. */
    private static boolean optionsAllowed(
            final PortGuards guards, final DirectBuffer b, final int from, final int end) {
        int at = from;
        while (at < end) {
            if (end - at < OPTION_UNIT) {
                return false;
            }
            final int type = b.getByte(at) & 0xff;
            final int length = (b.getByte(at + 1) & 0xff) * OPTION_UNIT;
            if (length == 0 || length > end - at) {
                return false;
            }
            final boolean linkLayer = type == SOURCE_LINK_LAYER || type == TARGET_LINK_LAYER;
            if (linkLayer && (length != OPTION_UNIT || !guards.isMac(mac(b, at + 2)))) {
                return false;
            }
            at += length;
        }
        return true;
    }

    private static long mac(final DirectBuffer b, final int offset) {
        return (b.getShort(offset, BIG_ENDIAN) & 0xffffL) << 32
                | b.getInt(offset + 2, BIG_ENDIAN) & 0xffff_ffffL;
    }
}

package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IP address and a prefix length, host bits kept; immutable.
 *
 * @param address 4 or 16 bytes in network order.
 * @param length bits of the prefix, 0 to 32 or 128.
 */
record IpPrefix(InetAddress address, int length) {
    /** An address with a prefix length, or all of its bits when the text has none. */
    static IpPrefix parse(final String text) {
        final int slash = text.indexOf('/');
        final InetAddress address = parseAddress(slash < 0 ? text : text.substring(0, slash));
        final int bits = address.getAddress().length * Byte.SIZE;
        final String length = slash < 0 ? Integer.toString(bits) : text.substring(slash + 1);
        if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > bits) {
            throw new SwitchException("prefix length of '" + text + "'; allowed: 0 to " + bits);
        }
        return new IpPrefix(address, Integer.parseInt(length));
    }

    /** A literal address; never asks a name server. */
    static InetAddress parseAddress(final String text) {
        final boolean literal =
                text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")
                        || text.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
        try {
            if (literal) {
                return InetAddress.getByName(text);
            }
        } catch (final UnknownHostException e) {
            // Same answer as for text of another form.
        }
        throw new SwitchException(
                "IP address '"
                        + text
                        + "'; allowed: an IPv4 or IPv6 address like 10.0.0.2 or fd00::2");
    }

    byte[] bytes() {
        return address.getAddress();
    }

    boolean isIpv6() {
        return bytes().length == 16;
    }

    /** The prefix with the host bits cleared, network order. */
    byte[] networkBytes() {
        final byte[] network = bytes();
        for (int bit = length; bit < network.length * Byte.SIZE; bit++) {
            network[bit / Byte.SIZE] &= (byte) ~(0x80 >>> bit % Byte.SIZE);
        }
        return network;
    }

    /** The address with all host bits set, network order. */
    byte[] broadcastBytes() {
        final byte[] broadcast = bytes();
        for (int bit = length; bit < broadcast.length * Byte.SIZE; bit++) {
            broadcast[bit / Byte.SIZE] |= (byte) (0x80 >>> bit % Byte.SIZE);
        }
        return broadcast;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + length;
    }
}

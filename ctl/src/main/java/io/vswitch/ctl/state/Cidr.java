package io.vswitch.ctl.state;

/**
 * A prefix of addresses, or an address with the length of its network; immutable.
 *
 * @param ip its host bits may be set: see {@link #network}.
 * @param length bits, 0 to 32 or 128.
 */
public record Cidr(Ip ip, int length) {
    /**
     * Parses {@code ADDRESS/LENGTH}.
     *
     * @param what what it is for, for the message.
     */
    public static Cidr parse(final String what, final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0) {
            throw Refusal.usage(
                    "%s '%s': length is missing; write it like %s/24".formatted(what, text, text));
        }
        final Ip ip = Ip.parse(what, text.substring(0, slash));
        final String length = text.substring(slash + 1);
        if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > ip.bits()) {
            throw Refusal.usage(
                    "%s '%s': length '%s'; allowed are 0 to %d"
                            .formatted(what, text, length, ip.bits()));
        }
        return new Cidr(ip, Integer.parseInt(length));
    }

    /** Parses a prefix whose host bits are zero. */
    public static Cidr parseNetwork(final String what, final String text) {
        final Cidr cidr = parse(what, text);
        if (!cidr.network().equals(cidr)) {
            throw Refusal.usage(
                    "%s '%s': host bits are set; the network's address is %s"
                            .formatted(what, text, cidr.network()));
        }
        return cidr;
    }

    /** The prefix without host bits. */
    public Cidr network() {
        return new Cidr(ip.masked(length), length);
    }

    public boolean contains(final Ip other) {
        return other.bits() == ip.bits() && other.masked(length).equals(ip.masked(length));
    }

    public boolean overlaps(final Cidr other) {
        return length <= other.length ? contains(other.ip) : other.contains(ip);
    }

    @Override
    public String toString() {
        return ip + "/" + length;
    }
}

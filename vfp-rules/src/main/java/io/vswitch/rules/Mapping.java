package io.vswitch.rules;

import java.util.function.Function;

/**
 * Where the addresses of a prefix are: behind which tunnel endpoint; immutable.
 *
 * @param prefix the customers' addresses.
 * @param provider address of the host that has them.
 * @param vni network identifier to send them with, {@link #OWN_VNI} for that of the sender's
 *     network.
 * @param mac destination MAC of packets to them, or null: they keep theirs.
 */
public record Mapping(IpPrefix prefix, IpAddress provider, int vni, MacAddress mac) {
    /** That of the port's own network. */
    public static final int OWN_VNI = -1;

    private static final int MAX_VNI = 0xff_ffff;

    /**
     * Reads a mapping.
     *
     * @param prefix IP or IP/LENGTH.
     * @param vni null for {@link #OWN_VNI}.
     * @param mac null for none.
     * @throws RuleSyntaxException with one line.
     */
    public static Mapping of(
            final String prefix, final String provider, final Integer vni, final String mac) {
        return new Mapping(
                prefix(prefix),
                read("provider", provider, IpAddress::parse),
                vni == null ? OWN_VNI : vni(vni.toString(), why -> bad("vni", vni.toString(), why)),
                mac == null ? null : read("mac", mac, Mapping::hostMac));
    }

    /** Reads the addresses of a mapping: IP or IP/LENGTH. */
    public static IpPrefix prefix(final String text) {
        return read("address", text, IpPrefix::parse);
    }

    private static <T> T read(
            final String what, final String text, final Function<String, T> parser) {
        try {
            return parser.apply(String.valueOf(text));
        } catch (final ValueException e) {
            throw bad(what, text, e.getMessage());
        }
    }

    private static RuleSyntaxException bad(final String what, final String text, final String why) {
        return new RuleSyntaxException(
                "mapping: %s '%s': %s".formatted(what, Names.printable(text), why));
    }

    static int vni(final String text, final Function<String, RuleSyntaxException> refusal) {
        final int vni = Numbers.decimal(text, MAX_VNI);
        if (vni < 0) {
            throw refusal.apply("allowed: 0 to " + MAX_VNI);
        }
        return vni;
    }

    static MacAddress hostMac(final String text) {
        final MacAddress mac = MacAddress.parse(text);
        if (mac.isGroup() || mac.value() == 0) {
            throw new ValueException("allowed: the MAC of one host");
        }
        return mac;
    }

    @Override
    public String toString() {
        return prefix
                + " at "
                + provider
                + (vni == OWN_VNI ? "" : " vni " + vni)
                + (mac == null ? "" : " mac " + mac);
    }
}

package io.vswitch.rules;

/**
 * What a rule translates connections to; immutable. {@link #toString} is its canonical text.
 *
 * <pre>
 *   nat = ( "snat" ( POOL | IP ) | "dnat" IP [ ":" PORT [ "-" PORT ] ] ) { mac }
 *   mac = "src-mac=" MAC | "dst-mac=" MAC
 * </pre>
 *
 * An IPv6 address with a port is written in brackets.
 *
 * @param isSource the source is translated, else the destination.
 * @param pool name of the pool of sources, or null.
 * @param address the new address, or null when there is a pool.
 * @param firstPort the new destination port, {@link #KEEP_PORT} for none; of a range of them the
 *     first.
 * @param lastPort the last one.
 * @param srcMac the new source MAC, or null.
 * @param dstMac the new destination MAC, or null.
 */
public record NatSpec(
        boolean isSource,
        String pool,
        IpAddress address,
        int firstPort,
        int lastPort,
        MacAddress srcMac,
        MacAddress dstMac) {
    /** The port stays. */
    public static final int KEEP_PORT = -1;

    private static final String SOURCES = "allowed: the name of a pool, or IP";
    private static final String DESTINATIONS = "allowed: IP, IP:PORT or IP:PORT-PORT";

    public NatSpec {
        if ((pool == null) == (address == null) || firstPort > lastPort) {
            throw new IllegalArgumentException("pool or address, ports in order");
        }
        if (pool != null) {
            Names.check("pool", pool);
        }
    }

    static NatSpec source(final String text) {
        if (isAddress(text)) {
            return of(true, null, IpAddress.parse(text), KEEP_PORT, KEEP_PORT);
        }
        if (!Names.isName(text)) {
            throw new ValueException(SOURCES);
        }
        return of(true, text, null, KEEP_PORT, KEEP_PORT);
    }

    /** Names of pools don't look like addresses. */
    static boolean isAddress(final String text) {
        return text.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    }

    static NatSpec destination(final String text) {
        final boolean bracketed = text.startsWith("[");
        final int end = bracketed ? text.indexOf("]") : text.indexOf(':');
        final boolean plain = !bracketed && (end < 0 || text.indexOf(':', end + 1) >= 0);
        if (plain || bracketed && end == text.length() - 1) {
            final String address = bracketed ? text.substring(1, end) : text;
            return of(false, null, IpAddress.parse(address), KEEP_PORT, KEEP_PORT);
        }
        final int colon = bracketed ? end + 1 : end;
        if (end < 0 || text.charAt(colon) != ':') {
            throw new ValueException(DESTINATIONS);
        }
        final PortSet ports = PortSet.parse(text.substring(colon + 1));
        if (ports.ranges() != 1 || ports.first(0) == 0) {
            throw new ValueException(DESTINATIONS + ", ports 1 to 65535");
        }
        final IpAddress address = IpAddress.parse(text.substring(bracketed ? 1 : 0, end));
        return of(false, null, address, ports.first(0), ports.last(0));
    }

    private static NatSpec of(
            final boolean source,
            final String pool,
            final IpAddress address,
            final int firstPort,
            final int lastPort) {
        return new NatSpec(source, pool, address, firstPort, lastPort, null, null);
    }

    NatSpec with(final RewriteField field, final MacAddress mac) {
        final boolean isSourceMac = field == RewriteField.SRC_MAC;
        return new NatSpec(
                isSource,
                pool,
                address,
                firstPort,
                lastPort,
                isSourceMac ? mac : srcMac,
                isSourceMac ? dstMac : mac);
    }

    boolean setsPort() {
        return firstPort != KEEP_PORT;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(isSource ? "snat " : "dnat ");
        if (pool != null) {
            text.append(pool);
        } else if (setsPort() && address.isIpv6()) {
            text.append('[').append(address).append(']');
        } else {
            text.append(address);
        }
        if (setsPort()) {
            text.append(':').append(firstPort);
            text.append(lastPort == firstPort ? "" : "-" + lastPort);
        }
        text.append(srcMac == null ? "" : " src-mac=" + srcMac);
        text.append(dstMac == null ? "" : " dst-mac=" + dstMac);
        return text.toString();
    }
}

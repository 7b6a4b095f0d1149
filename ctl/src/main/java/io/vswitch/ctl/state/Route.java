package io.vswitch.ctl.state;

/**
 * A route inside an endpoint; immutable.
 *
 * @param prefix destination, {@code 0.0.0.0/0} or {@code ::/0} for the default route.
 * @param gateway next hop.
 */
public record Route(String prefix, String gateway) {
    /** Parses {@code PREFIX=GATEWAY} or {@code default=GATEWAY}. */
    public static Route parse(final String text) {
        final int equals = text.indexOf('=');
        if (equals < 0) {
            throw Refusal.usage(
                    "route '%s': gateway is missing; write it like default=10.0.0.1"
                            .formatted(text));
        }
        final Ip gateway = Ip.parse("route gateway", text.substring(equals + 1));
        final String destination = text.substring(0, equals);
        final Cidr prefix =
                destination.equals("default")
                        ? new Cidr(gateway, 0).network()
                        : Cidr.parseNetwork("route", destination);
        if (prefix.ip().bits() != gateway.bits()) {
            throw Refusal.usage(
                    "route '%s': destination and gateway are of different families"
                            .formatted(text));
        }
        return new Route(prefix.toString(), gateway.toString());
    }

    @Override
    public String toString() {
        return prefix + "=" + gateway;
    }
}

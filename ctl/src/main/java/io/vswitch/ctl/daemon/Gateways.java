package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.RouterConfig;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.GatewaySpec;
import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.Route;
import io.vswitch.ctl.state.RouterChange;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Routers, from the parts of them that networks have; stateless, any thread. */
final class Gateways {
    private static final long LOCAL_MAC = 0x02L << 40;
    private static final long MAC_BITS = 0xff_ffff_ffffL;

    private Gateways() {}

    /** A request with a MAC made from the router's name, and the first address of each subnet. */
    static RouterChange.Add completed(final RouterChange.Add add, final DesiredState state) {
        final String mac =
                add.mac() == null ? macOf(add.name()) : Mac.format(Mac.parseUnicast(add.mac()));
        return new RouterChange.Add(
                add.name(),
                mac,
                add.networks().stream().map(a -> completed(a, state)).toList(),
                add.routes());
    }

    /** The same on every host. */
    private static String macOf(final String router) {
        final UUID hash =
                UUID.nameUUIDFromBytes(("router " + router).getBytes(StandardCharsets.UTF_8));
        return Mac.format(LOCAL_MAC | hash.getLeastSignificantBits() & MAC_BITS);
    }

    private static RouterChange.Attachment completed(
            final RouterChange.Attachment attachment, final DesiredState state) {
        final String subnet = state.network(attachment.network()).subnet();
        if (!attachment.addresses().isEmpty() || subnet == null) {
            return new RouterChange.Attachment(
                    attachment.network(),
                    attachment.addresses().stream()
                            .map(a -> Cidr.parse("gateway", a).toString())
                            .toList());
        }
        final Cidr prefix = Cidr.parse("subnet", subnet);
        return new RouterChange.Attachment(
                attachment.network(), List.of(first(prefix) + "/" + prefix.length()));
    }

    private static Ip first(final Cidr prefix) {
        final byte[] network = prefix.ip().bytes();
        final byte[] next = new BigInteger(1, network).add(BigInteger.ONE).toByteArray();
        final byte[] bytes = new byte[network.length];
        final int count = Math.min(next.length, bytes.length);
        System.arraycopy(next, next.length - count, bytes, bytes.length - count, count);
        return Ip.of(bytes);
    }

    /** The routers of a state. */
    static List<RouterConfig> of(final DesiredState state) {
        final Map<String, List<NetworkSpec>> networks = new TreeMap<>();
        for (final NetworkSpec network : state.networks().values()) {
            if (network.gateway() != null) {
                networks.computeIfAbsent(network.gateway().router(), r -> new ArrayList<>())
                        .add(network);
            }
        }
        final List<RouterConfig> routers = new ArrayList<>();
        networks.forEach((name, on) -> routers.add(router(name, on)));
        return routers;
    }

    private static RouterConfig router(final String name, final List<NetworkSpec> networks) {
        final List<RouterConfig.Gateway> gateways = new ArrayList<>();
        final List<RouterConfig.Route> routes = new ArrayList<>();
        for (final NetworkSpec network : networks) {
            final GatewaySpec gateway = network.gateway();
            for (final String text : gateway.addresses()) {
                final Cidr address = Cidr.parse("gateway", text);
                gateways.add(new RouterConfig.Gateway(network.name(), address(address)));
            }
            gateway.routes().forEach(route -> routes.add(route(route)));
        }
        final long mac = Mac.parse(networks.get(0).gateway().mac());
        return new RouterConfig(name, mac, gateways, routes);
    }

    private static RouterConfig.Route route(final Route route) {
        final Ip hop = Ip.parse("next hop", route.gateway());
        return new RouterConfig.Route(
                address(Cidr.parse("route", route.prefix())), address(new Cidr(hop, hop.bits())));
    }

    private static RouterConfig.Address address(final Cidr cidr) {
        final ByteBuffer bytes = ByteBuffer.wrap(cidr.ip().bytes());
        return cidr.ip().isV4()
                ? new RouterConfig.Address(false, 0, bytes.getInt(0) & 0xffff_ffffL, cidr.length())
                : new RouterConfig.Address(true, bytes.getLong(0), bytes.getLong(8), cidr.length());
    }
}

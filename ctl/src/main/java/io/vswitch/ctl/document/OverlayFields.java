package io.vswitch.ctl.document;

import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.GatewaySpec;
import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.Route;
import io.vswitch.ctl.state.StaticMac;
import io.vswitch.ctl.state.StaticNeighbour;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields of a network that tell of other hosts, read and written; stateless. */
final class OverlayFields {
    /** Their names. */
    static final List<String> NAMES =
            List.of("vni", "local", "udp-port", "any-peer", "peers", "router", "fdb", "neighbours");

    private static final List<String> ROUTER = List.of("name", "mac", "addresses", "routes");
    private static final List<String> MAC = List.of("port", "remote");
    private static final List<String> NEIGHBOUR = List.of("mac", "remote");

    private OverlayFields() {}

    /** How the network reaches other hosts, or null. */
    static OverlaySpec overlay(final Fields fields) {
        if (fields.get("vni") == null) {
            for (final String field : List.of("local", "udp-port", "any-peer", "peers")) {
                if (fields.get(field) != null) {
                    throw fields.place(field).refuse("is for a network with a vni");
                }
            }
            return null;
        }
        return new OverlaySpec(
                fields.number("vni", 0),
                fields.text("local", a -> ip("local address", a)),
                fields.number("udp-port", OverlaySpec.DEFAULT_PORT),
                fields.flag("any-peer", false),
                fields.texts("peers", a -> ip("peer", a)).stream().sorted().toList());
    }

    private static String ip(final String what, final String text) {
        return Ip.parse(what, text).toString();
    }

    /** The network's part of a router, or null. */
    static GatewaySpec gateway(final Fields fields) {
        if (fields.get("router") == null) {
            return null;
        }
        final Fields router = new Fields(fields.get("router"), ROUTER);
        if (router.get("name") == null || router.get("mac") == null) {
            throw router.place().refuse("needs name and mac");
        }
        return new GatewaySpec(
                router.text("name", n -> Names.checkLabel("router", n)),
                router.text("mac", m -> Mac.format(Mac.parseUnicast(m))),
                router.texts("addresses", a -> Cidr.parse("gateway", a).toString()),
                router.texts("routes", r -> Route.parse(r).toString()).stream()
                        .map(Route::parse)
                        .toList());
    }

    private static void export(final GatewaySpec gateway, final Map<String, Object> fields) {
        final Map<String, Object> router = new LinkedHashMap<>();
        router.put("name", gateway.router());
        router.put("mac", gateway.mac());
        router.put("addresses", gateway.addresses());
        router.put("routes", gateway.routes().stream().map(Route::toString).toList());
        fields.put("router", router);
    }

    static List<StaticMac> macs(final Fields fields) {
        final List<StaticMac> macs = new ArrayList<>();
        if (fields.get("fdb") != null) {
            for (final var e : Fields.mapping(fields.get("fdb")).entries().entrySet()) {
                final Fields entry = new Fields(e.getValue(), MAC);
                macs.add(
                        new StaticMac(
                                mac(e.getKey(), entry.place()),
                                entry.text("port", p -> Names.checkInterface("port", p)),
                                entry.text("remote", a -> ip("remote", a))));
            }
        }
        return macs.stream().sorted((a, b) -> a.mac().compareTo(b.mac())).toList();
    }

    static List<StaticNeighbour> neighbours(final Fields fields) {
        final List<StaticNeighbour> neighbours = new ArrayList<>();
        if (fields.get("neighbours") != null) {
            for (final var e : Fields.mapping(fields.get("neighbours")).entries().entrySet()) {
                final Fields entry = new Fields(e.getValue(), NEIGHBOUR);
                if (entry.get("mac") == null) {
                    throw entry.place().refuse("mac is missing");
                }
                neighbours.add(
                        new StaticNeighbour(
                                entry.place().run(() -> ip("address", e.getKey())),
                                entry.text("mac", m -> Mac.format(Mac.parseUnicast(m))),
                                entry.text("remote", a -> ip("remote", a))));
            }
        }
        return neighbours.stream().sorted((a, b) -> a.ip().compareTo(b.ip())).toList();
    }

    private static String mac(final String text, final Place place) {
        return place.run(() -> Mac.format(Mac.parseUnicast(text)));
    }

    /** Adds them to the fields of a network that is written. */
    static void export(final NetworkSpec network, final Map<String, Object> fields) {
        final OverlaySpec overlay = network.overlay();
        if (overlay != null) {
            fields.put("vni", overlay.vni());
            fields.put("local", overlay.local());
            fields.put("udp-port", overlay.port());
            if (overlay.anyPeer()) {
                fields.put("any-peer", true);
            }
            fields.put("peers", overlay.peers());
        }
        if (network.gateway() != null) {
            export(network.gateway(), fields);
        }
        if (!network.fdb().isEmpty()) {
            final Map<String, Object> macs = new LinkedHashMap<>();
            network.fdb()
                    .forEach(e -> macs.put(e.mac(), one("port", e.port(), "remote", e.remote())));
            fields.put("fdb", macs);
        }
        if (!network.neighbours().isEmpty()) {
            final Map<String, Object> neighbours = new LinkedHashMap<>();
            network.neighbours()
                    .forEach(
                            e -> neighbours.put(e.ip(), one("mac", e.mac(), "remote", e.remote())));
            fields.put("neighbours", neighbours);
        }
    }

    private static Map<String, Object> one(
            final String name, final String value, final String other, final String otherValue) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        if (value != null) {
            fields.put(name, value);
        }
        if (otherValue != null) {
            fields.put(other, otherValue);
        }
        return fields;
    }

    /** The entry with what it leaves out as it is. */
    static NetworkSpec completed(final NetworkSpec entry, final NetworkSpec before) {
        return entry.overlay() == null
                        || entry.overlay().local() != null
                        || before == null
                        || before.overlay() == null
                ? entry
                : entry.with(entry.overlay().withLocal(before.overlay().local()));
    }

    /** Peers and entries in one line. */
    static String text(final NetworkSpec network) {
        final List<String> words = new ArrayList<>();
        if (network.overlay() != null) {
            words.add("peers " + String.join(" ", network.overlay().peers()));
        }
        if (network.gateway() != null) {
            words.add("router " + network.gateway().router());
            words.addAll(network.gateway().addresses());
            network.gateway().routes().forEach(route -> words.add("route " + route));
        }
        network.fdb()
                .forEach(
                        e ->
                                words.add(
                                        "fdb "
                                                + e.mac()
                                                + (e.port() == null
                                                        ? " remote " + e.remote()
                                                        : " port " + e.port())));
        network.neighbours()
                .forEach(
                        e ->
                                words.add(
                                        "neighbour "
                                                + e.ip()
                                                + " "
                                                + e.mac()
                                                + (e.remote() == null
                                                        ? ""
                                                        : " remote " + e.remote())));
        return String.join(", ", words);
    }
}

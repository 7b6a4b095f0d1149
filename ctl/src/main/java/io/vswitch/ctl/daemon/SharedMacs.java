package io.vswitch.ctl.daemon;

import io.vswitch.core.l2.NeighbourTable;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.SharedMacPort;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.PortSpec;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells the ports that lend out their device's MAC who has which address; under the controller's
 * lock.
 */
final class SharedMacs {
    private static final long LINK_LOCAL = 0xfe80L << 48;
    private static final long SEED = new SecureRandom().nextLong();

    private final Map<String, Told> ports = new HashMap<>();

    /** A port, and what it was told. */
    private static final class Told {
        private final SharedMacPort port;
        private final String network;
        private Map<String, PortSpec> endpoints = Map.of();

        Told(final SharedMacPort port, final String network) {
            this.port = port;
            this.network = network;
        }
    }

    void attached(final PortSpec spec, final Port port) {
        if (port instanceof SharedMacPort shared && spec.network() != null) {
            ports.put(spec.name(), new Told(shared, spec.network()));
        }
    }

    void detached(final String port) {
        ports.remove(port);
    }

    void publish(final DesiredState state) {
        for (final Told told : ports.values()) {
            final Map<String, PortSpec> endpoints = endpoints(state, told.network);
            if (!endpoints.equals(told.endpoints)) {
                told.port.endpoints(table(endpoints));
                told.endpoints = endpoints;
            }
        }
    }

    private static Map<String, PortSpec> endpoints(final DesiredState state, final String network) {
        final Map<String, PortSpec> endpoints = new HashMap<>();
        for (final DesiredPort port : state.ports().values()) {
            if (network.equals(port.spec().network()) && port.spec().mac() != null) {
                endpoints.put(port.name(), port.spec());
            }
        }
        return endpoints;
    }

    private static NeighbourTable table(final Map<String, PortSpec> endpoints) {
        final NeighbourTable table = new NeighbourTable(SEED);
        for (final PortSpec endpoint : endpoints.values()) {
            final long mac = Mac.parse(endpoint.mac());
            // what the kernel gives an interface by itself, RFC 4291 appendix A
            table.put(
                    LINK_LOCAL,
                    (mac >>> 24 ^ 0x020000) << 40 | 0xfffe000000L | mac & 0xffffff,
                    mac);
            for (final String address : endpoint.addresses()) {
                put(table, Cidr.parse("address", address).ip().address(), mac);
            }
        }
        return table;
    }

    private static void put(final NeighbourTable table, final InetAddress address, final long mac) {
        final ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        if (bytes.remaining() == Integer.BYTES) {
            table.put(0, NeighbourTable.ipv4(bytes.getInt()), mac);
        } else {
            table.put(bytes.getLong(), bytes.getLong(), mac);
        }
    }
}

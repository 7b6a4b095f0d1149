package io.vswitch.containers.docker;

import java.io.IOException;
import java.util.Map;

/** The calls of the engine's address management; any thread. */
final class AddressCalls implements PluginHandler.Calls {
    /** Subnets of networks of this engine alone. */
    static final String HOST = "vswitch-host";

    /** Subnets of the swarm's networks, as its leader has them. */
    static final String SWARM = "vswitch-swarm";

    private final AddressPools pools;
    private final String local;
    private final String global;

    /**
     * @param local space of what a node uses by itself.
     * @param global space of what all nodes use.
     */
    AddressCalls(final AddressPools pools, final String local, final String global) {
        this.pools = pools;
        this.local = local;
        this.global = global;
    }

    @Override
    public Object call(final String method, final byte[] body) throws IOException {
        switch (method) {
            case "/IpamDriver.GetCapabilities":
                return Map.of("RequiresMACAddress", false, "RequiresRequestReplay", false);
            case "/IpamDriver.GetDefaultAddressSpaces":
                pools.begin(SWARM);
                return Map.of(
                        "LocalDefaultAddressSpace", local, "GlobalDefaultAddressSpace", global);
            case "/IpamDriver.RequestPool":
                return pool(Messages.read(body, Messages.RequestPool.class));
            case "/IpamDriver.ReleasePool":
                pools.release(Messages.read(body, Messages.Address.class).poolID());
                return PluginHandler.DONE;
            case "/IpamDriver.RequestAddress":
                final Messages.Address wanted = Messages.read(body, Messages.Address.class);
                return Map.of(
                        "Address",
                        pools.requestAddress(wanted.poolID(), wanted.address()),
                        "Data",
                        Map.of());
            case "/IpamDriver.ReleaseAddress":
                final Messages.Address gone = Messages.read(body, Messages.Address.class);
                pools.releaseAddress(gone.poolID(), gone.address());
                return PluginHandler.DONE;
            default:
                return null;
        }
    }

    private Object pool(final Messages.RequestPool wanted) throws IOException {
        final AddressPool pool =
                pools.request(wanted.addressSpace(), wanted.pool(), wanted.subPool(), wanted.v6());
        return Map.of("PoolID", pool.id(), "Pool", pool.subnet(), "Data", Map.of());
    }
}

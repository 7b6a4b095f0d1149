package io.vswitch.ctl.state;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Desired settings of a network; immutable.
 *
 * @param subnet where the endpoints' addresses come from, or null.
 * @param macLimit most MACs learned.
 * @param macAgeMs idle time of a learned MAC, milliseconds.
 * @param overlay how it reaches other hosts; null: it doesn't.
 * @param gateway its part of a router, or null.
 * @param fdb MACs whose place is given.
 * @param neighbours addresses whose MAC is given.
 */
public record NetworkSpec(
        String name,
        String subnet,
        int macLimit,
        long macAgeMs,
        OverlaySpec overlay,
        GatewaySpec gateway,
        List<StaticMac> fdb,
        List<StaticNeighbour> neighbours) {
    @JsonCreator
    public NetworkSpec {
        fdb = fdb == null ? List.of() : List.copyOf(fdb);
        neighbours = neighbours == null ? List.of() : List.copyOf(neighbours);
    }

    /** A network of this host alone. */
    public NetworkSpec(
            final String name, final String subnet, final int macLimit, final long macAgeMs) {
        this(name, subnet, macLimit, macAgeMs, null, null, List.of(), List.of());
    }

    /** The subnet as a prefix, or null. */
    Cidr prefix() {
        return subnet == null ? null : Cidr.parseNetwork("subnet", subnet);
    }

    /** Name of its tunnel port, or null. */
    public String tunnel() {
        return overlay == null ? null : overlay.tunnel();
    }

    /** The same network with another way to other hosts, or other peers. */
    public NetworkSpec with(final OverlaySpec changed) {
        return new NetworkSpec(name, subnet, macLimit, macAgeMs, changed, gateway, fdb, neighbours);
    }

    /** The same network with another part of a router, or none. */
    NetworkSpec with(final GatewaySpec changed) {
        return new NetworkSpec(name, subnet, macLimit, macAgeMs, overlay, changed, fdb, neighbours);
    }

    /** True when the other differs in what can change while ports are on the network. */
    public boolean sameSettings(final NetworkSpec other) {
        return other != null && bare().equals(other.bare());
    }

    private NetworkSpec bare() {
        final OverlaySpec way = overlay == null ? null : overlay.withPeers(List.of());
        return new NetworkSpec(name, subnet, macLimit, macAgeMs, way, null, List.of(), List.of());
    }

    /** The same network with peers, MACs and addresses of another. */
    NetworkSpec withMappings(final NetworkSpec other) {
        final OverlaySpec way = overlay == null ? null : overlay.withPeers(other.overlay.peers());
        return new NetworkSpec(
                name, subnet, macLimit, macAgeMs, way, other.gateway, other.fdb, other.neighbours);
    }

    NetworkSpec withMac(final StaticMac entry) {
        final Comparator<StaticMac> order = Comparator.comparing(StaticMac::mac);
        return new NetworkSpec(
                name,
                subnet,
                macLimit,
                macAgeMs,
                overlay,
                gateway,
                plus(fdb, entry, order),
                neighbours);
    }

    NetworkSpec withoutMac(final Predicate<StaticMac> which) {
        return new NetworkSpec(
                name, subnet, macLimit, macAgeMs, overlay, gateway, minus(fdb, which), neighbours);
    }

    NetworkSpec withNeighbour(final StaticNeighbour entry) {
        final Comparator<StaticNeighbour> order = Comparator.comparing(StaticNeighbour::ip);
        return new NetworkSpec(
                name,
                subnet,
                macLimit,
                macAgeMs,
                overlay,
                gateway,
                fdb,
                plus(neighbours, entry, order));
    }

    NetworkSpec withoutNeighbour(final Predicate<StaticNeighbour> which) {
        return new NetworkSpec(
                name, subnet, macLimit, macAgeMs, overlay, gateway, fdb, minus(neighbours, which));
    }

    private static <T> List<T> plus(
            final List<T> entries, final T entry, final Comparator<T> order) {
        final List<T> more = new ArrayList<>(entries);
        more.removeIf(e -> order.compare(e, entry) == 0);
        more.add(entry);
        more.sort(order);
        return more;
    }

    private static <T> List<T> minus(final List<T> entries, final Predicate<T> which) {
        return entries.stream().filter(which.negate()).toList();
    }
}

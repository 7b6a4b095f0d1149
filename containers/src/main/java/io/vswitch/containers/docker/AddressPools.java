package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Subnets and addresses that the engine has asked for; any thread, one at a time. On disk before
 * the engine gets its answer.
 *
 * <p>A swarm's leader repeats what it has in use when it becomes the leader, and nothing tells what
 * was released while another one was. So from then on what isn't repeated is only spared.
 */
final class AddressPools {
    /** A swarm's node is told what to use, and takes it. */
    static final String NODE = "vswitch-node";

    private static final String CHOSEN = "10.%d.0.0/24";
    private static final int FIRST_CHOSEN = 200;
    private static final int LAST_CHOSEN = 254;

    private final Records.Kind<AddressPool> pools;
    private final Set<String> confirmed = new HashSet<>();

    AddressPools(final Records.Kind<AddressPool> pools) {
        this.pools = pools;
    }

    /** Somebody begins to ask, who repeats what he has. */
    synchronized void begin(final String space) {
        confirmed.removeIf(name -> name.startsWith(space + "-"));
    }

    /**
     * Takes a subnet.
     *
     * @param wanted or empty for any.
     * @param range of the addresses that are handed out unasked, or empty.
     */
    synchronized AddressPool request(
            final String space, final String wanted, final String range, final boolean v6)
            throws IOException {
        final String subnet =
                isGiven(wanted)
                        ? Cidr.parseNetwork("subnet", wanted).toString()
                        : choose(space, v6);
        final Cidr cidr = Cidr.parse("subnet", subnet);
        if (isGiven(range) && !cidr.overlaps(Cidr.parse("range", range))) {
            throw Refusal.usage("range %s is not in subnet %s".formatted(range, subnet));
        }
        final String id =
                NetworkDriver.checkName(space + "-" + subnet.replace('/', '_').replace(':', '.'));
        for (final AddressPool other : pools.all()) {
            final boolean isRival =
                    other.space().equals(space) && !space.equals(NODE) && isUsed(other, id);
            if (isRival && other.cidr().overlaps(cidr)) {
                throw Refusal.failure(
                        "subnet %s overlaps with %s, which another network has"
                                .formatted(subnet, other.subnet()));
            }
        }
        final AddressPool before = pools.get(id);
        final AddressPool pool =
                before == null
                        ? new AddressPool(
                                id,
                                space,
                                subnet,
                                isGiven(range) ? range : null,
                                1,
                                null,
                                List.of())
                        : before.withUsers(space.equals(NODE) ? before.users() + 1 : 1);
        pools.put(id, pool);
        confirmed.add(id);
        return pool;
    }

    /** The same subnet again is a repetition unless it was heard of meanwhile. */
    private boolean isUsed(final AddressPool other, final String id) {
        return !other.id().equals(id) || confirmed.contains(id);
    }

    private String choose(final String space, final boolean v6) {
        for (int i = FIRST_CHOSEN; i <= LAST_CHOSEN && !v6; i++) {
            final Cidr cidr = Cidr.parse("subnet", CHOSEN.formatted(i));
            if (pools.all().stream()
                    .filter(pool -> pool.space().equals(space))
                    .noneMatch(pool -> pool.cidr().overlaps(cidr))) {
                return cidr.toString();
            }
        }
        throw Refusal.usage("say which subnet by --subnet");
    }

    /** Gives a subnet back. */
    synchronized void release(final String id) throws IOException {
        final AddressPool pool = pools.get(id);
        if (pool != null && pool.users() > 1) {
            pools.put(id, pool.withUsers(pool.users() - 1));
        } else {
            pools.remove(NetworkDriver.checkName(id));
            confirmed.removeIf(name -> name.equals(id) || name.startsWith(id + " "));
        }
    }

    /** Takes an address, any one when none is wanted; returns it with its length. */
    synchronized String requestAddress(final String id, final String wanted) throws IOException {
        final AddressPool pool = pool(id);
        final String address;
        if (isGiven(wanted)) {
            address = pool.check(wanted);
            final boolean isRepeated =
                    pool.space().equals(NODE) || !confirmed.contains(id + " " + address);
            if (pool.taken().contains(address) && !isRepeated) {
                throw Refusal.failure("address %s is taken".formatted(address));
            }
        } else {
            final Set<String> spared =
                    pool.taken().stream()
                            .filter(taken -> !confirmed.contains(id + " " + taken))
                            .collect(Collectors.toSet());
            address = pool.next(spared);
        }
        final AddressPool after = pool.with(address, true);
        pools.put(id, isGiven(wanted) ? after : after.withLast(address));
        confirmed.add(id + " " + address);
        return address + "/" + pool.cidr().length();
    }

    /** Gives an address back. */
    synchronized void releaseAddress(final String id, final String address) throws IOException {
        final AddressPool pool = pools.get(id);
        if (pool != null) {
            pools.put(id, pool.with(pool.check(address), false));
            confirmed.remove(id + " " + address);
        }
    }

    private AddressPool pool(final String id) {
        final AddressPool pool = id == null ? null : pools.get(id);
        if (pool == null) {
            throw Refusal.failure(
                    "address pool %s is not known; remove the network and create it again"
                            .formatted(id));
        }
        return pool;
    }

    private static boolean isGiven(final String text) {
        return text != null && !text.isEmpty();
    }
}

package io.vswitch.ctl.directory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BinaryOperator;

/**
 * What all hosts have published, put together: the same hosts give the same answer everywhere.
 * Immutable once made.
 *
 * <p>Of two hosts with one MAC the one that came last has it: endpoints move. Of two MACs with one
 * address the one that came first keeps it: somebody made a mistake.
 */
public final class Catalogue {
    private static final Comparator<Endpoint> BY_AGE =
            Comparator.comparingLong(Endpoint::generation)
                    .thenComparing(Endpoint::vtep)
                    .thenComparing(Endpoint::mac);

    private final Map<Integer, Map<String, Endpoint>> macs = new HashMap<>();
    private final Map<Integer, Map<String, Endpoint>> ips = new HashMap<>();
    private final Map<Integer, Set<String>> vteps = new HashMap<>();
    private final Map<Integer, Map<String, Long>> generations = new HashMap<>();
    private final Set<Conflict> conflicts = new TreeSet<>();

    /**
     * One MAC or address that two hosts, or two MACs, claim.
     *
     * @param what the MAC or address.
     * @param winner who has it: MAC and tunnel endpoint.
     * @param loser who hasn't.
     */
    public record Conflict(int vni, String what, String winner, String loser)
            implements Comparable<Conflict> {
        @Override
        public int compareTo(final Conflict other) {
            return Comparator.comparingInt(Conflict::vni)
                    .thenComparing(Conflict::what)
                    .thenComparing(Conflict::loser)
                    .thenComparing(Conflict::winner)
                    .compare(this, other);
        }
    }

    /** Puts hosts' states together. */
    public Catalogue(final Collection<HostState> hosts) {
        for (final HostState host : hosts) {
            for (final Membership network : host.networks()) {
                vteps.computeIfAbsent(network.vni(), vni -> new TreeSet<>()).add(network.vtep());
            }
            host.endpoints().forEach(this::claimMac);
        }
        // only who has its MAC has a say about addresses
        macs.values().forEach(winners -> winners.values().forEach(this::claimIps));
    }

    private void claimMac(final Endpoint endpoint) {
        claim(macs, endpoint, endpoint.mac(), BinaryOperator.maxBy(BY_AGE));
        note(endpoint, endpoint.mac());
        endpoint.ips().forEach(ip -> note(endpoint, ip));
    }

    private void note(final Endpoint endpoint, final String what) {
        generations
                .computeIfAbsent(endpoint.vni(), vni -> new HashMap<>())
                .merge(what, endpoint.generation(), Math::max);
    }

    private void claimIps(final Endpoint endpoint) {
        endpoint.ips().forEach(ip -> claim(ips, endpoint, ip, BinaryOperator.minBy(BY_AGE)));
    }

    private void claim(
            final Map<Integer, Map<String, Endpoint>> claims,
            final Endpoint endpoint,
            final String what,
            final BinaryOperator<Endpoint> choice) {
        final Map<String, Endpoint> claimed =
                claims.computeIfAbsent(endpoint.vni(), vni -> new HashMap<>());
        final Endpoint other = claimed.get(what);
        if (other == null) {
            claimed.put(what, endpoint);
            return;
        }
        final Endpoint winner = choice.apply(other, endpoint);
        final Endpoint loser = winner == other ? endpoint : other;
        claimed.put(what, winner);
        conflicts.add(new Conflict(endpoint.vni(), what, text(winner), text(loser)));
    }

    private static String text(final Endpoint endpoint) {
        return endpoint.mac() + " at " + endpoint.vtep();
    }

    /** Who has which MAC of a network. */
    public Map<String, Endpoint> macs(final int vni) {
        return macs.getOrDefault(vni, Map.of());
    }

    /** Who has which address of a network. */
    public Map<String, Endpoint> ips(final int vni) {
        return ips.getOrDefault(vni, Map.of());
    }

    /** Tunnel endpoints of the hosts that are on a network. */
    public Set<String> vteps(final int vni) {
        return vteps.getOrDefault(vni, Set.of());
    }

    /** What is claimed twice. */
    public List<Conflict> conflicts() {
        return new ArrayList<>(conflicts);
    }

    /** The endpoint with the generation that it gets when it comes to be, or to be here. */
    public Endpoint next(final Endpoint endpoint) {
        final Map<String, Long> known = generations.getOrDefault(endpoint.vni(), Map.of());
        long highest = known.getOrDefault(endpoint.mac(), 0L);
        for (final String ip : endpoint.ips()) {
            highest = Math.max(highest, known.getOrDefault(ip, 0L));
        }
        return endpoint.with(highest + 1);
    }
}

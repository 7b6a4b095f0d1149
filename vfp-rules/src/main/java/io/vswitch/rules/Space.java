package io.vswitch.rules;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.policy.Parking;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * A mapping space: says behind which tunnel endpoint an address is, by the longest prefix; a rule
 * names it. Immutable; a space with a mapping more shares the others with the one before.
 */
public final class Space {
    /** Most mappings of one space. */
    public static final int MAX_MAPPINGS = 1_000_000;

    private final String name;
    private final Parking parking;
    private final SortedTree<IpPrefix, Mapping> mappings;

    private Space(
            final String name,
            final Parking parking,
            final SortedTree<IpPrefix, Mapping> mappings) {
        this.name = name;
        this.parking = parking;
        this.mappings = mappings;
    }

    /**
     * A space without mappings.
     *
     * @param parkedPackets how many packets to unknown addresses each worker keeps until their
     *     mapping comes, 0 to {@link Parking#MAX_PACKETS}.
     * @param parkedMs for how long, 1 to {@link Parking#MAX_MS}.
     */
    public static Space of(final String name, final int parkedPackets, final int parkedMs) {
        Names.check("space", name);
        if (parkedPackets < 0 || parkedPackets > Parking.MAX_PACKETS) {
            throw new SwitchException(
                    "space '%s': %d packets parked; allowed: 0 to %d"
                            .formatted(name, parkedPackets, Parking.MAX_PACKETS));
        }
        if (parkedMs < 1 || parkedMs > Parking.MAX_MS) {
            throw new SwitchException(
                    "space '%s': parked for %d ms; allowed: 1 to %d"
                            .formatted(name, parkedMs, Parking.MAX_MS));
        }
        return new Space(
                name,
                new Parking(name, parkedPackets, parkedMs),
                SortedTree.empty(IpPrefix::compareTo));
    }

    public String name() {
        return name;
    }

    /** What is done with packets to addresses that have no mapping. */
    public Parking parking() {
        return parking;
    }

    /** Number of mappings. */
    public int size() {
        return mappings.size();
    }

    /** All mappings, by address. */
    public List<Mapping> mappings() {
        final List<Mapping> all = new ArrayList<>(mappings.size());
        mappings.forEach((prefix, mapping) -> all.add(mapping));
        return all;
    }

    /** The mapping of exactly this prefix, or null. */
    public Mapping mapping(final IpPrefix prefix) {
        return mappings.get(prefix);
    }

    /** The same mappings with other settings. */
    public Space withSettings(final Space settings) {
        return new Space(name, settings.parking, mappings);
    }

    /** With these mappings, in the place of those of the same prefixes. */
    public Space with(final Collection<Mapping> added) {
        SortedTree<IpPrefix, Mapping> changed = mappings;
        for (final Mapping mapping : added) {
            changed = changed.with(mapping.prefix(), mapping);
        }
        if (changed.size() > MAX_MAPPINGS) {
            throw new SwitchException(
                    "space '%s': more than %d mappings".formatted(name, MAX_MAPPINGS));
        }
        return new Space(name, parking, changed);
    }

    /** One mapping less. */
    public Space without(final IpPrefix prefix) {
        if (mappings.get(prefix) == null) {
            throw new SwitchException("space '%s' has no mapping of %s".formatted(name, prefix));
        }
        return new Space(name, parking, mappings.without(prefix));
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Space
                && name.equals(((Space) other).name)
                && parking.equals(((Space) other).parking)
                && (mappings == ((Space) other).mappings
                        || mappings().equals(((Space) other).mappings()));
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, parking, mappings.size());
    }
}

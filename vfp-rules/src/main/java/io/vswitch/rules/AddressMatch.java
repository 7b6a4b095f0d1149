package io.vswitch.rules;

import java.util.List;

/**
 * An {@link IpMatch} with the addresses its tags had when it was compiled; immutable, read by any
 * number of threads.
 */
final class AddressMatch {
    private final boolean negated;
    private final List<String> tags;

    /** Those of the tags in their order, then the prefixes of the rule itself. */
    private final AddressSet[] sets;

    AddressMatch(final IpMatch match, final TagSet known) {
        negated = match.negated();
        tags = match.tags();
        final boolean own = !match.prefixes().isEmpty();
        sets = new AddressSet[tags.size() + (own ? 1 : 0)];
        for (int i = 0; i < tags.size(); i++) {
            sets[i] = known.addresses(tags.get(i));
        }
        if (own) {
            sets[tags.size()] = AddressSet.of(match.prefixes());
        }
    }

    /** Whether the address of an IP packet is as asked for; allocates nothing. */
    boolean matches(final boolean isIpv6, final long high, final long low) {
        for (final AddressSet set : sets) {
            if (set.contains(isIpv6, high, low)) {
                return !negated;
            }
        }
        return negated;
    }

    /** Not negated, and short enough for each prefix to count by itself in {@link Cuts}. */
    boolean canBeCut() {
        int prefixes = 0;
        for (final AddressSet set : sets) {
            prefixes += set.prefixes().size();
        }
        return !negated && prefixes <= Pieces.MAX_PREFIXES;
    }

    /** See {@link Pieces#sides}. */
    int sides(final long low, final long threshold, final long high) {
        int sides = 0;
        for (final AddressSet set : sets) {
            sides |= set.sides(low, threshold, high);
        }
        return sides;
    }

    /** See {@link Pieces#count}. */
    int count(final long low, final long high) {
        int count = 0;
        for (final AddressSet set : sets) {
            count += set.count(low, high);
        }
        return count;
    }

    /** Tells of the stretches of all prefixes. */
    void forEachStretch(final Pieces.Stretches found) {
        for (final AddressSet set : sets) {
            set.forEachStretch(found);
        }
    }

    /** None of its tags was replaced since. */
    boolean isCurrent(final TagSet known) {
        for (int i = 0; i < tags.size(); i++) {
            if (known.addresses(tags.get(i)) != sets[i]) {
                return false;
            }
        }
        return true;
    }
}

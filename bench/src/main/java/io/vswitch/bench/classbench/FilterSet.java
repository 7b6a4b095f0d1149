package io.vswitch.bench.classbench;

import io.vswitch.core.policy.HeaderFields;
import io.vswitch.rules.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Filters drawn from a {@link Seed} and headers that hit them; used by one thread. The same seed,
 * size and number give the same set.
 */
public final class FilterSet {
    private static final int IPV4 = 0x0800;

    /** Most headers in a row that are the same one: the locality of a trace; assumed. */
    private static final int LONGEST_RUN = 8;

    private final SplittableRandom random;
    private final Seed seed;
    private final List<Filter> filters = new ArrayList<>();
    private final int networks;

    public FilterSet(final Seed seed, final int size, final long number) {
        this.seed = seed;
        this.random = new SplittableRandom(number);
        this.networks = Math.max(4, size / 16);
        for (int i = 0; i < size; i++) {
            filters.add(filter());
        }
    }

    /** In the order of evaluation; not unique. */
    public List<Filter> filters() {
        return filters;
    }

    /** The filters as rules in that order: ids and priorities count from 0, every third blocks. */
    public List<Rule> rules() {
        final List<Rule> rules = new ArrayList<>(filters.size());
        for (int i = 0; i < filters.size(); i++) {
            final String action = i % 3 == 0 ? "block" : "allow";
            rules.add(Rule.of(Integer.toString(i), i, filters.get(i).text(action)));
        }
        return rules;
    }

    /** Headers that each match a filter drawn evenly, in short runs of the same one. */
    public HeaderFields[] trace(final int length) {
        final HeaderFields[] trace = new HeaderFields[length];
        for (int i = 0; i < length; ) {
            final HeaderFields header = header(filters.get(random.nextInt(filters.size())));
            for (int run = 1 + random.nextInt(LONGEST_RUN); run > 0 && i < length; run--) {
                trace[i++] = header;
            }
        }
        return trace;
    }

    private Filter filter() {
        final int[] pair = seed.prefixPairs[draw(pairWeights())];
        final int choice = draw(protocolWeights());
        return new Filter(
                address() & Filter.mask(pair[0]),
                pair[0],
                address() & Filter.mask(pair[1]),
                pair[1],
                seed.protocols[2 * choice],
                PortRange.draw(PortRange.Kind.values()[draw(seed.sourcePorts)], random),
                PortRange.draw(PortRange.Kind.values()[draw(seed.destinationPorts)], random));
    }

    /** Addresses share networks, so that prefixes nest. */
    private int address() {
        final int network = random.nextInt(networks) * 0x9e3779b1;
        return network & 0xffffff00 | random.nextInt(256);
    }

    private int[] pairWeights() {
        final int[] weights = new int[seed.prefixPairs.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = seed.prefixPairs[i][2];
        }
        return weights;
    }

    private int[] protocolWeights() {
        final int[] weights = new int[seed.protocols.length / 2];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = seed.protocols[2 * i + 1];
        }
        return weights;
    }

    private int draw(final int[] weights) {
        int sum = 0;
        for (final int weight : weights) {
            sum += weight;
        }
        int left = random.nextInt(sum);
        int index = 0;
        while (left >= weights[index]) {
            left -= weights[index++];
        }
        return index;
    }

    private HeaderFields header(final Filter filter) {
        final HeaderFields header = new HeaderFields();
        header.sourceMac = 0x020000000001L;
        header.destinationMac = 0x020000000002L;
        header.etherType = IPV4;
        header.sourceLow =
                (filter.source() | random.nextInt() & ~Filter.mask(filter.sourceLength()))
                        & 0xffffffffL;
        header.destinationLow =
                (filter.destination() | random.nextInt() & ~Filter.mask(filter.destinationLength()))
                        & 0xffffffffL;
        header.protocol = filter.protocol() == Filter.ANY ? 6 : filter.protocol();
        if (header.protocol == 6 || header.protocol == 17) {
            header.sourcePort = filter.sourcePorts().draw(random);
            header.destinationPort = filter.destinationPorts().draw(random);
        }
        return header;
    }
}

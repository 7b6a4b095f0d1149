package io.vswitch.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Compiles the rules of one port that encapsulate; owned by the thread that compiles. They are
 * numbered: what a number stands for is looked up for each policy.
 */
final class EncapCompiler {
    private final List<EncapSpec> specs = new ArrayList<>();

    EncapCompiler copy() {
        final EncapCompiler copy = new EncapCompiler();
        copy.specs.addAll(specs);
        return copy;
    }

    CompiledEncap compile(final EncapSpec spec) {
        if (!specs.contains(spec)) {
            specs.add(spec);
        }
        return new CompiledEncap(specs.indexOf(spec));
    }

    /** What the numbers stand for; null for one whose space has gone, and its rules before it. */
    Encapsulation[] resolve(
            final Function<String, MappingTable> tables, final ProviderLocator locator) {
        return specs.stream().map(s -> resolve(s, tables, locator)).toArray(Encapsulation[]::new);
    }

    private static Encapsulation resolve(
            final EncapSpec spec,
            final Function<String, MappingTable> tables,
            final ProviderLocator locator) {
        if (!spec.hops().isEmpty()) {
            return new Encapsulation.ToHops(spec, locator);
        }
        final MappingTable table = spec.space() == null ? null : tables.apply(spec.space());
        if (table == null && spec.space() != null) {
            return null;
        }
        return spec.isEncap()
                ? new Encapsulation.ToSpace(table)
                : new Encapsulation.FromTunnel(table);
    }
}

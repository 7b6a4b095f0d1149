package io.vswitch.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The addresses a condition asks for: any of some prefixes and tags, or none of them; immutable. A
 * packet that isn't IP meets neither; an IPv6 packet isn't in an IPv4 prefix, so it does meet
 * {@code not 10.0.0.0/8}.
 *
 * @param negated none of them.
 * @param prefixes sorted, each once.
 * @param tags names of tags, sorted, each once.
 */
public record IpMatch(boolean negated, List<IpPrefix> prefixes, List<String> tags) {
    static final String ALLOWED = "IP, IP/LENGTH, @TAG or a comma list of them, 'not' before it";

    public IpMatch {
        prefixes = List.copyOf(new TreeSet<>(prefixes));
        tags = List.copyOf(new TreeSet<>(tags));
        if (prefixes.isEmpty() && tags.isEmpty()) {
            throw new ValueException("no address; allowed: " + ALLOWED);
        }
        tags.forEach(tag -> Names.check("tag", tag));
    }

    /** The addresses of one prefix. */
    public static IpMatch of(final IpPrefix prefix) {
        return new IpMatch(false, List.of(prefix), List.of());
    }

    static IpMatch parse(final boolean negated, final String text) {
        return parse(negated, List.of(text.split(",", -1)));
    }

    static IpMatch parse(final boolean negated, final List<String> items) {
        final List<IpPrefix> prefixes = new ArrayList<>();
        final List<String> tags = new ArrayList<>();
        for (final String item : items) {
            if (item.startsWith("@")) {
                tags.add(tag(item.substring(1)));
            } else {
                prefixes.add(IpPrefix.parse(item));
            }
        }
        return new IpMatch(negated, prefixes, tags);
    }

    private static String tag(final String name) {
        if (!Names.isName(name)) {
            throw new ValueException(
                    "'@" + Names.printable(name) + "' names no tag; tag names: " + Names.ALLOWED);
        }
        return name;
    }

    /** The prefix that this match amounts to, or null when it is a list, negated or a tag. */
    IpPrefix single() {
        return !negated && tags.isEmpty() && prefixes.size() == 1 ? prefixes.get(0) : null;
    }

    /** IPv4 or IPv6 when packets of the other family can't match, else null. */
    String family() {
        final String first = prefixes.isEmpty() ? null : prefixes.get(0).address().family();
        final boolean one =
                !negated
                        && tags.isEmpty()
                        && prefixes.stream().allMatch(p -> p.address().family().equals(first));
        return one ? first : null;
    }

    /** Items as they are written, prefixes first. */
    List<String> items() {
        return Stream.concat(
                        prefixes.stream().map(IpPrefix::toString), tags.stream().map(t -> "@" + t))
                .toList();
    }

    @Override
    public String toString() {
        return items().stream().collect(Collectors.joining(",", negated ? "not " : "", ""));
    }
}

package io.vswitch.rules;

import java.util.List;

/**
 * A named set of addresses; immutable. Rules name it as {@code @NAME}.
 *
 * @param name unique in the switch, 1 to 63 characters.
 * @param members prefixes and other tags; not negated.
 */
public record Tag(String name, IpMatch members) {
    public Tag {
        Names.check("tag", name);
        if (members.negated()) {
            throw new ValueException("a tag can't be negated");
        }
    }

    /**
     * Reads a tag.
     *
     * @param items each IP, IP/LENGTH or @TAG.
     * @throws RuleSyntaxException with one line.
     */
    public static Tag of(final String name, final List<String> items) {
        Names.check("tag", name);
        for (final String item : items) {
            try {
                IpMatch.parse(false, item);
            } catch (final ValueException bad) {
                throw new RuleSyntaxException(
                        "tag '" + name + "': '" + Names.printable(item) + "': " + bad.getMessage());
            }
        }
        if (items.isEmpty()) {
            throw new RuleSyntaxException(
                    "tag '" + name + "': no address; allowed: IP, IP/LENGTH or @TAG");
        }
        return new Tag(name, IpMatch.parse(false, List.of(String.join(",", items).split(",", -1))));
    }

    /** Members as they are written, prefixes first. */
    public List<String> items() {
        return members.items();
    }
}

package io.vswitch.rules;

import io.vswitch.core.guard.RateLimit;
import java.util.List;

/**
 * What a rule does with the packets it decides besides its action; immutable. {@link #toString} is
 * its canonical text.
 *
 * @param limit how much of them passes, or null.
 * @param mirror name of a port that gets a copy of each, or null.
 * @param meter name of the counter they are added to, or null.
 * @param meta what is noted about them for later layers, or null.
 */
public record RuleOptions(RateLimit limit, String mirror, String meter, MetaMatch meta) {
    /** Nothing. */
    public static final RuleOptions NONE = new RuleOptions(null, null, null, null);

    static final List<String> WORDS = List.of("limit", "mirror", "meter", "set-meta");

    public RuleOptions {
        if (mirror != null && !RuleParser.isPortName(mirror)) {
            throw new RuleSyntaxException(
                    "rule: mirror '" + Names.printable(mirror) + "': " + RuleParser.PORT_NAMES);
        }
        if (meter != null && !Names.isName(meter)) {
            throw new RuleSyntaxException(
                    "rule: meter '" + Names.printable(meter) + "': " + Names.ALLOWED);
        }
    }

    public boolean isEmpty() {
        return limit == null && mirror == null && meter == null && meta == null;
    }

    RuleOptions withLimit(final RateLimit value) {
        return new RuleOptions(value, mirror, meter, meta);
    }

    RuleOptions withMirror(final String value) {
        return new RuleOptions(limit, value, meter, meta);
    }

    RuleOptions withMeter(final String value) {
        return new RuleOptions(limit, mirror, value, meta);
    }

    RuleOptions withMeta(final MetaMatch value) {
        return new RuleOptions(limit, mirror, meter, value);
    }

    @Override
    public String toString() {
        return (limit == null ? "" : " limit " + limit)
                + (mirror == null ? "" : " mirror " + mirror)
                + (meter == null ? "" : " meter " + meter)
                + (meta == null ? "" : " set-meta " + meta);
    }
}

package io.vswitch.ctl.state;

import io.vswitch.core.guard.ConnectionLimits;
import io.vswitch.core.guard.PortLimits;
import io.vswitch.core.guard.RateLimit;
import io.vswitch.core.guard.StormLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How much may pass a port, as the journal and the command line have it; immutable. Null is the
 * default; in a request for a change it leaves things as they are, and {@code none} and 0 mean the
 * default.
 *
 * @param rateIn what is sent to the endpoint, like {@code 10mbit burst 64k}.
 * @param rateOut what the endpoint sends.
 * @param replies answers of the switch's own to the endpoint, a second.
 * @param arp packets a second where the storm guard is; so are {@code dhcp}, {@code nd} and {@code
 *     broadcast}.
 * @param penalty seconds in which nothing of a kind passes when there was too much of it.
 * @param halfOpen connections of the port's stateful layers at a time; so are {@code established},
 *     {@code udp} and {@code icmp}.
 */
public record Limits(
        String rateIn,
        String rateOut,
        Integer replies,
        Integer arp,
        Integer dhcp,
        Integer nd,
        Integer broadcast,
        Integer penalty,
        Integer halfOpen,
        Integer established,
        Integer udp,
        Integer icmp) {
    /** No limit but the defaults. */
    public static final Limits DEFAULT = ofRates(null, null);

    private static final String NONE = "none";

    /** Limits of the rates alone. */
    public static Limits ofRates(final String in, final String out) {
        return new Limits(in, out, null, null, null, null, null, null, null, null, null, null);
    }

    /** The limits of a port. */
    public static Limits of(final PortSpec port) {
        return port.limits() == null ? DEFAULT : port.limits();
    }

    /** What comes of a request for a change, each value in its one form; refuses what can't be. */
    public Limits over(final Limits before) {
        final Limits changed =
                new Limits(
                        rate("rate-in", rateIn, before.rateIn),
                        rate("rate-out", rateOut, before.rateOut),
                        number(replies, before.replies),
                        number(arp, before.arp),
                        number(dhcp, before.dhcp),
                        number(nd, before.nd),
                        number(broadcast, before.broadcast),
                        number(penalty, before.penalty),
                        number(halfOpen, before.halfOpen),
                        number(established, before.established),
                        number(udp, before.udp),
                        number(icmp, before.icmp));
        changed.traffic();
        changed.storm();
        return changed;
    }

    /** A request that leaves nothing as it is. */
    public Limits whole() {
        return new Limits(
                rateIn == null ? NONE : rateIn,
                rateOut == null ? NONE : rateOut,
                or(replies, 0),
                or(arp, 0),
                or(dhcp, 0),
                or(nd, 0),
                or(broadcast, 0),
                or(penalty, 0),
                or(halfOpen, 0),
                or(established, 0),
                or(udp, 0),
                or(icmp, 0));
    }

    /** The same, but null when all is as by default. */
    Limits orNull() {
        return equals(DEFAULT) ? null : this;
    }

    private static String rate(final String what, final String asked, final String before) {
        if (asked == null || asked.equals(NONE)) {
            return asked == null ? before : null;
        }
        return parse(what, asked).toString();
    }

    private static RateLimit parse(final String what, final String text) {
        try {
            return text == null ? null : RateLimit.parse(text);
        } catch (final IllegalArgumentException e) {
            throw Refusal.usage("%s '%s': %s".formatted(what, text, e.getMessage()));
        }
    }

    private static Integer number(final Integer asked, final Integer before) {
        return asked == null ? before : asked == 0 ? null : asked;
    }

    private static int or(final Integer value, final int otherwise) {
        return value == null ? otherwise : value;
    }

    /** As the switch has it. */
    PortLimits traffic() {
        try {
            return new PortLimits(
                    parse("rate-in", rateIn),
                    parse("rate-out", rateOut),
                    or(replies, PortLimits.DEFAULT.repliesPerSecond()),
                    new ConnectionLimits(
                            or(halfOpen, 0), or(established, 0), or(udp, 0), or(icmp, 0)));
        } catch (final IllegalArgumentException e) {
            throw Refusal.usage(e.getMessage());
        }
    }

    /** As the switch has it. */
    StormLimits storm() {
        final StormLimits usual = StormLimits.DEFAULT;
        try {
            return new StormLimits(
                    or(arp, usual.arp()),
                    or(dhcp, usual.dhcp()),
                    or(nd, usual.nd()),
                    or(broadcast, usual.broadcast()),
                    (int) Math.max(-1, Math.min(Integer.MAX_VALUE, or(penalty, 0) * 1_000L)));
        } catch (final IllegalArgumentException e) {
            throw Refusal.usage(e.getMessage());
        }
    }

    /** The values that aren't the default, by the names they have in a document. */
    public Map<String, Object> fields() {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rate-in", rateIn);
        fields.put("rate-out", rateOut);
        fields.put("replies", replies);
        fields.put("arp", arp);
        fields.put("dhcp", dhcp);
        fields.put("nd", nd);
        fields.put("broadcast", broadcast);
        fields.put("penalty", penalty);
        fields.put("half-open", halfOpen);
        fields.put("established", established);
        fields.put("udp", udp);
        fields.put("icmp", icmp);
        fields.values().removeIf(value -> value == null);
        return fields;
    }

    /** On one line. */
    @Override
    public String toString() {
        return equals(DEFAULT)
                ? NONE
                : fields().entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue())
                        .collect(Collectors.joining(", "));
    }
}

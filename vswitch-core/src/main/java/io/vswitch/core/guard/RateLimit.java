package io.vswitch.core.guard;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much may pass in a second, and at once after a quiet time; immutable, any thread. {@link
 * #toString} is its canonical text, which {@link #parse} reads back.
 *
 * @param perSecond bits/s, or packets/s; 1 to {@link #MAX_PER_SECOND}.
 * @param burst bytes, or packets; 1 to {@link #MAX_BURST}.
 * @param packets true: counted in packets, a super-frame as one; false: in bytes of whole frames
 *     without FCS, a super-frame with all of its bytes.
 */
public record RateLimit(long perSecond, long burst, boolean packets) {
    /** Highest rate, bits/s or packets/s. */
    public static final long MAX_PER_SECOND = 1_000_000_000_000L;

    /** Largest burst, bytes or packets. */
    public static final long MAX_BURST = 1L << 30;

    /** What a text may look like. */
    public static final String FORM =
            "allowed are rates like 10mbit (bit, kbit, mbit, gbit) or 1000pps (pps, kpps), then, if"
                    + " wanted, burst and bytes like 64k (k, m), or packets";

    /** Least burst unless told otherwise: one super-frame. */
    private static final long LEAST_BURST = 1 << 16;

    private static final Pattern RATE = Pattern.compile("(\\d{1,13})(bit|kbit|mbit|gbit|pps|kpps)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,10})([km]?)");

    public RateLimit {
        if (perSecond < 1
                || perSecond > MAX_PER_SECOND
                || burst < 1
                || burst > MAX_BURST
                || packets && perSecond > MAX_PER_SECOND / 1000) {
            throw new IllegalArgumentException(
                    "rate "
                            + perSecond
                            + " burst "
                            + burst
                            + "; allowed are 1bit to 1000gbit or 1pps to 1000000kpps, burst 1 to "
                            + MAX_BURST);
        }
    }

    /**
     * Reads a rate, without or with {@code burst}: {@code 10mbit burst 64k}. Without, a tenth of a
     * second's worth may pass at once, at least 64 KiB or one packet.
     *
     * @throws IllegalArgumentException with one line.
     */
    public static RateLimit parse(final String text) {
        final String[] words = text.trim().toLowerCase(Locale.ROOT).split("\\s+");
        if (words.length == 1) {
            return of(words[0], null);
        }
        if (words.length == 3 && words[1].equals("burst")) {
            return of(words[0], words[2]);
        }
        throw new IllegalArgumentException(FORM);
    }

    /**
     * Puts a rate and a burst together.
     *
     * @param burst null for the usual one.
     * @throws IllegalArgumentException with one line.
     */
    public static RateLimit of(final String rate, final String burst) {
        final Matcher matcher = RATE.matcher(rate);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(FORM);
        }
        final boolean packets = matcher.group(2).endsWith("pps");
        final long factor =
                switch (matcher.group(2).charAt(0)) {
                    case 'k' -> 1_000L;
                    case 'm' -> 1_000_000L;
                    case 'g' -> 1_000_000_000L;
                    default -> 1L;
                };
        final long perSecond = times(matcher.group(1), factor);
        return new RateLimit(
                perSecond, burst == null ? usual(perSecond, packets) : size(burst), packets);
    }

    private static long times(final String digits, final long factor) {
        final long number = Long.parseLong(digits);
        return number > MAX_PER_SECOND / factor ? MAX_PER_SECOND + 1 : number * factor;
    }

    private static long usual(final long perSecond, final boolean packets) {
        return packets
                ? Math.min(MAX_BURST, Math.max(1, perSecond / 10))
                : Math.min(MAX_BURST, Math.max(LEAST_BURST, perSecond / 80));
    }

    private static long size(final String text) {
        final Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(FORM);
        }
        final String unit = matcher.group(2);
        return Long.parseLong(matcher.group(1))
                * (unit.isEmpty() ? 1 : unit.equals("k") ? 1 << 10 : 1 << 20);
    }

    /** One worker's equal share of the limit. */
    RateLimit share(final int workers) {
        return new RateLimit(
                Math.max(1, perSecond / workers), Math.max(1, burst / workers), packets);
    }

    @Override
    public String toString() {
        return rate() + " burst " + burstText();
    }

    private String rate() {
        if (packets) {
            return perSecond % 1000 == 0 ? perSecond / 1000 + "kpps" : perSecond + "pps";
        }
        if (perSecond % 1_000_000_000 == 0) {
            return perSecond / 1_000_000_000 + "gbit";
        }
        return perSecond % 1_000_000 == 0
                ? perSecond / 1_000_000 + "mbit"
                : perSecond % 1000 == 0 ? perSecond / 1000 + "kbit" : perSecond + "bit";
    }

    private String burstText() {
        if (packets || burst % (1 << 10) != 0) {
            return Long.toString(burst);
        }
        return burst % (1 << 20) == 0 ? (burst >> 20) + "m" : (burst >> 10) + "k";
    }
}

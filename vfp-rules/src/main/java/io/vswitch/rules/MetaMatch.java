package io.vswitch.rules;

import java.util.ArrayList;
import java.util.List;

/**
 * Values of a packet's metadata, to compare or to set; immutable. Text: KEY=VALUE, in a comma list.
 *
 * @param value those of the keys in {@code mask}, 16 bits each.
 * @param mask all bits of each key that counts.
 */
public record MetaMatch(long value, long mask) {
    /** The four values that a packet has, all 0 when it comes. */
    public static final List<String> KEYS = List.of("class", "mark", "route", "zone");

    static final String ALLOWED =
            "KEY=VALUE or a comma list of them; KEY is class, mark, route or zone, VALUE 0 to"
                    + " 65535";

    private static final long VALUE = 0xffff;

    public MetaMatch {
        if (mask == 0 || (value & ~mask) != 0) {
            throw new ValueException("allowed: " + ALLOWED);
        }
    }

    static MetaMatch parse(final String text) {
        long value = 0;
        long mask = 0;
        for (final String item : text.split(",", -1)) {
            final int sign = item.indexOf('=');
            final int key = sign < 0 ? -1 : KEYS.indexOf(item.substring(0, sign));
            final int number = sign < 0 ? -1 : Numbers.decimal(item.substring(sign + 1), 0xffff);
            if (key < 0 || number < 0 || (mask >>> 16 * key & VALUE) != 0) {
                throw new ValueException("allowed: " + ALLOWED + ", each KEY once");
            }
            value |= (long) number << 16 * key;
            mask |= VALUE << 16 * key;
        }
        return new MetaMatch(value, mask);
    }

    /** The metadata with these values set. */
    long setIn(final long metadata) {
        return metadata & ~mask | value;
    }

    @Override
    public String toString() {
        final List<String> items = new ArrayList<>();
        for (int key = 0; key < KEYS.size(); key++) {
            if ((mask >>> 16 * key & VALUE) != 0) {
                items.add(KEYS.get(key) + "=" + (value >>> 16 * key & VALUE));
            }
        }
        return String.join(",", items);
    }
}

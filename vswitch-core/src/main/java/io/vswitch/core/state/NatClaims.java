package io.vswitch.core.state;

import io.vswitch.core.policy.Direction;

/**
 * Whether what a new connection is translated to is still free: what is over and stands in the way
 * is taken out. Owned by the table's worker.
 */
final class NatClaims {
    /** Connections over of one binding that are looked at, and taken out, for one packet. */
    private static final int MOST_OVER = 8;

    private final ConnectionTable table;
    private final NatTable translations;

    NatClaims(final ConnectionTable table, final NatTable translations) {
        this.table = table;
        this.translations = translations;
    }

    /** False when something that isn't over stands in the way. */
    boolean isFree(final PendingOpen first, final long nowNs) {
        final Direction direction = ConnectionTable.direction(first.opener);
        return gives(table.holder(first.reply), nowNs)
                && gives(translations.find(first.reply), nowNs)
                && (!first.isBound() || givesOutside(first, direction, nowNs));
    }

    private boolean gives(final int entry, final long nowNs) {
        if (entry != ConnectionTable.NONE && !table.isOver(entry, nowNs)) {
            return false;
        }
        if (entry != ConnectionTable.NONE) {
            table.remove(entry);
        }
        return true;
    }

    private boolean givesOutside(
            final PendingOpen first, final Direction direction, final long nowNs) {
        int other = translations.firstOutside(first.reply, direction);
        if (other == ConnectionTable.NONE || translations.hasInside(other, first.key, direction)) {
            return true;
        }
        final boolean over = isBindingOver(other, nowNs);
        while (over && other != ConnectionTable.NONE) {
            table.remove(other);
            other = translations.firstOutside(first.reply, direction);
        }
        return over;
    }

    /** True when all connections of a binding are over; false too when there are too many. */
    boolean isBindingOver(final int first, final long nowNs) {
        int entry = first;
        for (int i = 0; i < MOST_OVER; i++) {
            if (!table.isOver(entry, nowNs)) {
                return false;
            }
            entry = translations.nextOfRing(entry);
            if (entry == first) {
                return true;
            }
        }
        return false;
    }
}

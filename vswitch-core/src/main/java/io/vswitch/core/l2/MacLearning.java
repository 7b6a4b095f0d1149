package io.vswitch.core.l2;

/** What {@link MacTable#learn} did. */
public enum MacLearning {
    /** The address was unknown; the oldest of the largest port may have gone to make room. */
    NEW,

    /** Known at this location; its age is zero again. */
    REFRESHED,

    /** Known at another location before. */
    MOVED,

    /**
     * A group or zero address, or one that is pinned elsewhere, or all the room is pinned: not
     * learned.
     */
    REFUSED
}

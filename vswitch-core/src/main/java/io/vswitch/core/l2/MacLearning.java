package io.vswitch.core.l2;

/** What {@link MacTable#learn} did. */
public enum MacLearning {
    /** The address was unknown; the oldest of the largest port may have gone to make room. */
    NEW,

    /** Known behind this port; its age is zero again. */
    REFRESHED,

    /** Known behind another port before. */
    MOVED,

    /** A group or zero address: never learned. */
    REFUSED
}

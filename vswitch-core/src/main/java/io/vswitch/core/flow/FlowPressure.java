package io.vswitch.core.flow;

/** How full a {@link FlowTable} is, and so what {@link FlowAgeing} does about it. */
public enum FlowPressure {
    /** At most half full: idle flows keep their full time. */
    NORMAL,

    /** More than half full: the idle time-out shrinks as the table fills. */
    SHORTENED,

    /** No room: a new flow evicts an old one. */
    FULL
}

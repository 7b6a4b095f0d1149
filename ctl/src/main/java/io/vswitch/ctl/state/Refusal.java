package io.vswitch.ctl.state;

/**
 * A request that is not carried out, with one line for its user; nothing was changed. Immutable.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whose fault it is, and so the exit code. */
    public enum Kind {
        /** The request is wrong in itself: exit code 2. */
        USAGE,
        /** The request is sound but can't be done as things are: exit code 1. */
        FAILURE
    }

    private final Kind kind;

    private Refusal(final Kind kind, final String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** Wrong in itself. */
    public static Refusal usage(final String message) {
        return new Refusal(Kind.USAGE, message);
    }

    /** Not possible as things are. */
    public static Refusal failure(final String message) {
        return new Refusal(Kind.FAILURE, message);
    }

    public Kind kind() {
        return kind;
    }
}

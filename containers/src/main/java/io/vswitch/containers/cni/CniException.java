package io.vswitch.containers.cni;

/** A call that failed, as the runtime gets to read it; immutable. */
final class CniException extends RuntimeException {
    static final int INCOMPATIBLE_VERSION = 1;
    static final int BAD_ENVIRONMENT = 4;
    static final int BAD_JSON = 6;
    static final int BAD_CONFIGURATION = 7;
    static final int TRY_LATER = 11;
    static final int NOT_AVAILABLE = 50;

    /** The switch refuses it. */
    static final int REFUSED = 100;

    /** The address plugin failed without a word of its own. */
    static final int NO_ADDRESSES = 101;

    private static final long serialVersionUID = 1L;

    private final int code;

    CniException(final int code, final String message) {
        super(message, null, false, false);
        this.code = code;
    }

    int code() {
        return code;
    }
}

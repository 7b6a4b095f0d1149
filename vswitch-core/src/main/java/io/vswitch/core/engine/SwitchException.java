package io.vswitch.core.engine;

/** A request the switch refuses, with one clear line for its user; nothing was changed. */
public final class SwitchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SwitchException(final String message) {
        super(message);
    }
}

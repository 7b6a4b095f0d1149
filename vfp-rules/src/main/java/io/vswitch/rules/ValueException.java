package io.vswitch.rules;

/**
 * A word that is no value of its field: what is wrong and what is allowed; the parser adds field
 * and position.
 */
final class ValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ValueException(final String message) {
        super(message);
    }
}

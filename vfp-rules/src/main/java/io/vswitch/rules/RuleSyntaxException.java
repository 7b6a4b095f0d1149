package io.vswitch.rules;

/**
 * The text of a rule, or the combination of its parts, is refused: one line with the place and what
 * is allowed.
 */
public final class RuleSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RuleSyntaxException(final String message) {
        super(message);
    }
}

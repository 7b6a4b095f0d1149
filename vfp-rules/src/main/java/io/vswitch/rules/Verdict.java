package io.vswitch.rules;

/** What a layer does with a packet that none of its rules matches. */
public enum Verdict {
    ALLOW("allow"),
    BLOCK("block");

    private final String label;

    Verdict(final String label) {
        this.label = label;
    }

    /** The word of the CLI. */
    public String label() {
        return label;
    }

    @Override
    public String toString() {
        return label;
    }
}

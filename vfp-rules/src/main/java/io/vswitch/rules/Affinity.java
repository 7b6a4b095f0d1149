package io.vswitch.rules;

import java.util.Arrays;
import java.util.List;

/** Which packets a load balancer sends to the same backend while its backends stay as they are. */
public enum Affinity {
    /** Those of one connection: addresses, ports and protocol. */
    NONE("none"),
    /** Those of one client address and protocol. */
    CLIENT_PROTO("client-proto"),
    /** Those of one client address. */
    CLIENT("client");

    private final String label;

    Affinity(final String label) {
        this.label = label;
    }

    /** Word of the command line and of documents. */
    public String label() {
        return label;
    }

    /** All words. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Affinity::label).toList();
    }

    /**
     * The affinity of this word.
     *
     * @throws RuleSyntaxException with one line.
     */
    public static Affinity of(final String label) {
        final int index = labels().indexOf(label);
        if (index < 0) {
            throw new RuleSyntaxException(
                    "affinity '"
                            + Names.printable(label)
                            + "'; allowed: "
                            + String.join(", ", labels()));
        }
        return values()[index];
    }
}

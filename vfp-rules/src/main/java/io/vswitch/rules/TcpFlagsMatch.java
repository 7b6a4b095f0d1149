package io.vswitch.rules;

import java.util.List;

/**
 * TCP flags under a mask; immutable. {@code syn+ack} asks for both to be set and lets the others
 * be; {@code syn/syn+ack} asks for SYN set and ACK clear.
 *
 * @param value flags to be set, FIN 1 to CWR 0x80; none outside the mask.
 * @param mask flags that count, at least one.
 */
public record TcpFlagsMatch(int value, int mask) {
    private static final List<String> NAMES =
            List.of("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr");
    private static final String ALLOWED =
            "allowed: " + String.join(", ", NAMES) + " joined by '+', or SET/LOOKED-AT";

    public TcpFlagsMatch {
        if (mask < 1 || mask > 0xff) {
            throw new ValueException("no flag to look at; " + ALLOWED);
        }
        if ((value & ~mask) != 0) {
            throw new ValueException(
                    "asks for flags it doesn't look at: "
                            + print(value & ~mask)
                            + " after the '/' missing");
        }
    }

    static TcpFlagsMatch parse(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0) {
            final int flags = flags(text);
            return new TcpFlagsMatch(flags, flags);
        }
        return new TcpFlagsMatch(flags(text.substring(0, slash)), flags(text.substring(slash + 1)));
    }

    private static int flags(final String text) {
        if (text.equals("none")) {
            return 0;
        }
        int flags = 0;
        for (final String name : text.split("\\+", -1)) {
            final int bit = NAMES.indexOf(name);
            if (bit < 0) {
                throw new ValueException(ALLOWED);
            }
            flags |= 1 << bit;
        }
        return flags;
    }

    private static String print(final int flags) {
        final StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < NAMES.size(); bit++) {
            if ((flags >> bit & 1) != 0) {
                text.append(text.length() > 0 ? "+" : "").append(NAMES.get(bit));
            }
        }
        return flags == 0 ? "none" : text.toString();
    }

    @Override
    public String toString() {
        return value == mask ? print(value) : print(value) + "/" + print(mask);
    }
}

package io.vswitch.rules;

import java.util.Arrays;
import java.util.List;

/**
 * One target of a load balancer; immutable. Its id is what it is told by: {@code 10.0.0.1:80},
 * {@code [fd00::1]:80}, or the address alone.
 *
 * @param address the destination of connections given to it.
 * @param port their destination port, 1 to 65,535; 0 keeps the one they came with.
 * @param weight share of new connections among the weights of all, 0 to 1,000; 0 for none.
 * @param state whether it takes connections, new and old.
 * @param mac destination MAC of connections given to it; null for the one of the port that has the
 *     address.
 */
public record Backend(IpAddress address, int port, int weight, State state, MacAddress mac)
        implements Comparable<Backend> {
    /** Weight unless told otherwise. */
    public static final int DEFAULT_WEIGHT = 100;

    /** Largest weight. */
    public static final int MAX_WEIGHT = 1000;

    private static final String ALLOWED = "allowed: IP, IPV4:PORT, [IPV6]:PORT";

    /** What a backend takes. */
    public enum State {
        /** New connections, by its weight. */
        UP("up"),
        /** Those it has, no new ones. */
        DRAIN("drain"),
        /** None: those it has end. */
        DOWN("down");

        private final String label;

        State(final String label) {
            this.label = label;
        }

        /** Word of the command line and of documents. */
        public String label() {
            return label;
        }

        /** All words. */
        public static List<String> labels() {
            return Arrays.stream(values()).map(State::label).toList();
        }

        /**
         * The state of this word.
         *
         * @throws RuleSyntaxException with one line.
         */
        public static State of(final String label) {
            final int index = labels().indexOf(label);
            if (index < 0) {
                throw new RuleSyntaxException(
                        "backend state '"
                                + Names.printable(label)
                                + "'; allowed: "
                                + String.join(", ", labels()));
            }
            return values()[index];
        }
    }

    public Backend {
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw new RuleSyntaxException(
                    "backend '"
                            + id(address, port)
                            + "': weight "
                            + weight
                            + "; allowed: 0 to "
                            + MAX_WEIGHT);
        }
    }

    /**
     * Reads a backend.
     *
     * @param id as in {@link #id()}.
     * @param mac text, or null.
     * @throws RuleSyntaxException with one line.
     */
    public static Backend of(
            final String id, final int weight, final State state, final String mac) {
        final int colon = id.startsWith("[") ? id.indexOf("]:") + 1 : id.lastIndexOf(':');
        final boolean ipv6 = id.startsWith("[") || colon != id.indexOf(':');
        final boolean hasPort = colon > 0 && (id.startsWith("[") || !ipv6);
        try {
            final String address = hasPort ? id.substring(0, colon) : id;
            final int port = hasPort ? Numbers.between(id.substring(colon + 1), 1, 65_535) : 0;
            final boolean bracketed = hasPort && ipv6;
            return new Backend(
                    host(bracketed ? address.substring(1, address.length() - 1) : address),
                    port,
                    weight,
                    state,
                    mac == null ? null : mac(mac));
        } catch (final ValueException bad) {
            throw new RuleSyntaxException(
                    "backend '" + Names.printable(id) + "': " + bad.getMessage() + "; " + ALLOWED);
        }
    }

    private static IpAddress host(final String text) {
        final IpAddress address = IpAddress.parse(text);
        final long first = address.isIpv6() ? address.high() >>> 56 : address.low() >>> 24;
        final boolean group = address.isIpv6() ? first == 0xff : first >= 224;
        if (group || (address.high() | address.low()) == 0) {
            throw new ValueException("no single host's address");
        }
        return address;
    }

    private static MacAddress mac(final String text) {
        final MacAddress mac = MacAddress.parse(text);
        if (mac.isGroup() || mac.value() == 0) {
            throw new ValueException("MAC " + mac + " is no single host's");
        }
        return mac;
    }

    /** What it is told by. */
    public String id() {
        return id(address, port);
    }

    static String id(final IpAddress address, final int port) {
        if (port == 0) {
            return address.toString();
        }
        return (address.isIpv6() ? "[" + address + "]" : address.toString()) + ":" + port;
    }

    /** Gets its share of new connections. */
    public boolean takesNew() {
        return state == State.UP && weight > 0;
    }

    /** The same with another weight or state. */
    public Backend with(final int newWeight, final State newState) {
        return new Backend(address, port, newWeight, newState, mac);
    }

    @Override
    public int compareTo(final Backend other) {
        final int byAddress =
                compare(address.high(), address.low(), other.address.high(), other.address.low());
        return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }

    static int compare(final long highA, final long lowA, final long highB, final long lowB) {
        final int byHigh = Long.compareUnsigned(highA, highB);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(lowA, lowB);
    }
}

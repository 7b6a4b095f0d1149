package io.vswitch.rules;

import java.util.ArrayList;
import java.util.List;

/**
 * Through which tunnel a rule sends a packet, or takes it from; immutable. {@link #toString} is its
 * canonical text.
 *
 * <pre>
 *   encap = "encap" ( "space" NAME | "to" IP { "," IP } [ "vni" VNI ] [ "dst-mac=" MAC ] )
 *   decap = "decap" [ "space" NAME ]
 * </pre>
 *
 * @param isEncap sends packets into a tunnel, else passes those that came out of one.
 * @param space name of the mapping space that says where addresses are, or null.
 * @param hops where to, when there is no space: each flow goes to one of them.
 * @param vni network identifier, {@link Mapping#OWN_VNI} for that of the port's network.
 * @param dstMac the new destination MAC, or null.
 */
public record EncapSpec(
        boolean isEncap, String space, List<IpAddress> hops, int vni, MacAddress dstMac) {
    /** Most next hops of one rule. */
    public static final int MAX_HOPS = 64;

    private static final String ALLOWED = "allowed: 'space NAME' or 'to IP,IP,...'";

    public EncapSpec {
        hops = List.copyOf(hops);
        if (space != null) {
            Names.check("space", space);
        }
        if (isEncap ? (space == null) == hops.isEmpty() : !hops.isEmpty()) {
            throw new IllegalArgumentException("a space or next hops");
        }
    }

    /** Reads the words of a rule behind its action. */
    static final class Reader {
        private final List<String> words;
        private int next;

        /**
         * @param next index of the first word to read.
         */
        Reader(final List<String> words, final int next) {
            this.words = words;
            this.next = next;
        }

        /** Index of the first word that wasn't read. */
        int next() {
            return next;
        }

        EncapSpec read(final boolean isEncap) {
            final String kind = next < words.size() ? words.get(next) : "";
            if (kind.equals("space")) {
                next++;
                return new EncapSpec(isEncap, name(), List.of(), Mapping.OWN_VNI, null);
            }
            if (!isEncap) {
                return new EncapSpec(false, null, List.of(), Mapping.OWN_VNI, null);
            }
            if (!kind.equals("to")) {
                throw bad("encap", kind, ALLOWED);
            }
            next++;
            final List<IpAddress> hops = hops(value("encap to", "an address"));
            int vni = Mapping.OWN_VNI;
            if (next < words.size() && words.get(next).equals("vni")) {
                next++;
                final String text = value("vni", "a number");
                vni = Mapping.vni(text, why -> bad("vni", text, why));
            }
            return new EncapSpec(true, null, hops, vni, mac());
        }

        private MacAddress mac() {
            if (next >= words.size() || !words.get(next).startsWith("dst-mac=")) {
                return null;
            }
            final String text = words.get(next++).substring("dst-mac=".length());
            try {
                return Mapping.hostMac(text);
            } catch (final ValueException e) {
                throw bad("dst-mac", text, e.getMessage());
            }
        }

        private String name() {
            final String name = value("space", "the name of a mapping space");
            if (!Names.isName(name)) {
                throw bad("space", name, Names.ALLOWED);
            }
            return name;
        }

        private List<IpAddress> hops(final String text) {
            final List<IpAddress> hops = new ArrayList<>();
            for (final String item : text.split(",", -1)) {
                try {
                    hops.add(IpAddress.parse(item));
                } catch (final ValueException e) {
                    throw bad("encap to", item, e.getMessage());
                }
            }
            if (hops.size() > MAX_HOPS || hops.stream().distinct().count() < hops.size()) {
                throw bad("encap to", text, "allowed: up to " + MAX_HOPS + ", each once");
            }
            return hops;
        }

        private String value(final String label, final String what) {
            if (next >= words.size()) {
                throw new RuleSyntaxException(
                        "rule: '%s' at word %d needs %s".formatted(label, next, what));
            }
            return words.get(next++);
        }

        private RuleSyntaxException bad(final String label, final String text, final String why) {
            return new RuleSyntaxException(
                    "rule: %s '%s' at word %d: %s"
                            .formatted(label, Names.printable(text), next, why));
        }
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(isEncap ? "encap" : "decap");
        if (space != null) {
            return text.append(" space ").append(space).toString();
        }
        if (!hops.isEmpty()) {
            text.append(" to ")
                    .append(String.join(",", hops.stream().map(Object::toString).toList()));
        }
        text.append(vni == Mapping.OWN_VNI ? "" : " vni " + vni);
        text.append(dstMac == null ? "" : " dst-mac=" + dstMac);
        return text.toString();
    }
}

package io.vswitch.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The header fields that conditions look at, in the order of the canonical text. */
public enum ConditionField {
    /** Value: {@link MacMatch}. */
    SRC_MAC("src-mac", MacMatch.class, MacMatch::parse, "MAC or MAC/MASK"),
    /** Value: {@link MacMatch}. */
    DST_MAC("dst-mac", MacMatch.class, MacMatch::parse, "MAC or MAC/MASK"),
    /** Value: {@link EtherType}. */
    ETHERTYPE("ethertype", EtherType.class, EtherType::parse, "ipv4, ipv6, arp or a number"),
    /** Outer tag; value: {@link VlanMatch}. */
    VLAN("vlan", VlanMatch.class, VlanMatch::parse, "0 to 4094, none or any"),
    /** Value: {@link IpMatch}. */
    SRC_IP("src-ip", IpMatch.class, text -> IpMatch.parse(false, text), IpMatch.ALLOWED),
    /** Value: {@link IpMatch}. */
    DST_IP("dst-ip", IpMatch.class, text -> IpMatch.parse(false, text), IpMatch.ALLOWED),
    /** Value: {@link ProtoMatch}. */
    PROTO("proto", ProtoMatch.class, text -> ProtoMatch.parse(false, text), ProtoMatch.ALLOWED),
    /** Value: {@link PortSet}. */
    SRC_PORT("src-port", PortSet.class, PortSet::parse, "PORT, PORT-PORT or a comma list of them"),
    /** Value: {@link PortSet}. */
    DST_PORT("dst-port", PortSet.class, PortSet::parse, "PORT, PORT-PORT or a comma list of them"),
    /** Value: Integer, 0 to 255. */
    ICMP_TYPE("icmp-type", Integer.class, text -> Numbers.between(text, 0, 255), "0 to 255"),
    /** Value: Integer, 0 to 255. */
    ICMP_CODE("icmp-code", Integer.class, text -> Numbers.between(text, 0, 255), "0 to 255"),
    /** Value: {@link TcpFlagsMatch}. */
    TCP_FLAGS(
            "tcp-flags",
            TcpFlagsMatch.class,
            TcpFlagsMatch::parse,
            "flags joined by '+', or SET/LOOKED-AT"),
    /** Whom an ARP request asks for; value: {@link IpMatch} of IPv4. */
    ARP_TARGET("arp-target", IpMatch.class, text -> IpMatch.parse(false, text), IpMatch.ALLOWED),
    /** What rules before noted; value: {@link MetaMatch}. */
    META("meta", MetaMatch.class, MetaMatch::parse, MetaMatch.ALLOWED);

    private static final List<String> LABELS = labels();

    private final String label;
    private final Class<?> type;
    private final Function<String, Object> parser;
    private final String allowed;

    ConditionField(
            final String label,
            final Class<?> type,
            final Function<String, Object> parser,
            final String allowed) {
        this.label = label;
        this.type = type;
        this.parser = parser;
        this.allowed = allowed;
    }

    private static List<String> labels() {
        final List<String> labels = new ArrayList<>();
        for (final ConditionField field : values()) {
            labels.add(field.label);
        }
        return List.copyOf(labels);
    }

    /** The word of the rule text. */
    public String label() {
        return label;
    }

    /** What values look like, for people. */
    String allowed() {
        return allowed;
    }

    static List<String> allLabels() {
        return LABELS;
    }

    /** The field of this word, or null. */
    static ConditionField of(final String label) {
        final int index = LABELS.indexOf(label);
        return index < 0 ? null : values()[index];
    }

    Object parse(final String text) {
        return parser.apply(text);
    }

    /**
     * Reads a value that 'not' stood before.
     *
     * @throws ValueException when the field has no such values.
     */
    Object parseNegated(final String text) {
        if (this == SRC_IP || this == DST_IP || this == ARP_TARGET) {
            return IpMatch.parse(true, text);
        }
        if (this == PROTO) {
            return ProtoMatch.parse(true, text);
        }
        throw new ValueException("'not' goes with src-ip, dst-ip, proto and arp-target only");
    }

    void checkValue(final Object value) {
        if (!type.isInstance(value) || value instanceof Integer && ((Integer) value & ~0xff) != 0) {
            throw new IllegalArgumentException(label + ": " + value + "; allowed: " + allowed);
        }
    }
}

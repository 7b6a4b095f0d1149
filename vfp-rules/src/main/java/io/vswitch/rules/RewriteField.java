package io.vswitch.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The header fields that a rewrite sets, in the order of the canonical text. */
public enum RewriteField {
    /** Value: {@link MacAddress}, no group address, not zero. */
    SRC_MAC("src-mac", "=MAC", MacAddress.class, RewriteField::parseSourceMac),
    /** Value: {@link MacAddress}. */
    DST_MAC("dst-mac", "=MAC", MacAddress.class, MacAddress::parse),
    /** Value: {@link IpAddress}. */
    SRC_IP("src-ip", "=IP", IpAddress.class, IpAddress::parse),
    /** Value: {@link IpAddress}. */
    DST_IP("dst-ip", "=IP", IpAddress.class, IpAddress::parse),
    /** Value: Integer, 0 to 65535. */
    SRC_PORT("src-port", "=PORT", Integer.class, text -> Numbers.between(text, 0, 65535)),
    /** Value: Integer, 0 to 65535. */
    DST_PORT("dst-port", "=PORT", Integer.class, text -> Numbers.between(text, 0, 65535)),
    /** Adds an outer tag; value: Integer, 1 to 4094. */
    VLAN_PUSH(
            "vlan-push", "=VID", Integer.class, text -> Numbers.between(text, 1, VlanMatch.MAX_ID)),
    /** Takes off the outer tag; value: Boolean.TRUE. */
    VLAN_POP("vlan-pop", "", Boolean.class, text -> Boolean.TRUE),
    /** Changes the id of the outer tag; value: Integer, 1 to 4094. */
    VLAN_SET("vlan-set", "=VID", Integer.class, text -> Numbers.between(text, 1, VlanMatch.MAX_ID)),
    /** Value: Integer, 0 to 63. */
    DSCP("dscp", "=DSCP", Integer.class, text -> Numbers.between(text, 0, 63)),
    /** Takes one off TTL or hop limit; value: Boolean.TRUE. */
    TTL_DEC("ttl-dec", "", Boolean.class, text -> Boolean.TRUE),
    /** Most that the MSS of a SYN says; value: Integer, 64 to 65535. */
    CLAMP_MSS("clamp-mss", "=BYTES", Integer.class, text -> Numbers.between(text, 64, 65535));

    private static final List<String> LABELS = labels();

    private final String label;
    private final String form;
    private final Class<?> type;
    private final Function<String, Object> parser;

    RewriteField(
            final String label,
            final String form,
            final Class<?> type,
            final Function<String, Object> parser) {
        this.label = label;
        this.form = form;
        this.type = type;
        this.parser = parser;
    }

    private static List<String> labels() {
        final List<String> labels = new ArrayList<>();
        for (final RewriteField field : values()) {
            labels.add(field.label);
        }
        return List.copyOf(labels);
    }

    private static MacAddress parseSourceMac(final String text) {
        final MacAddress mac = MacAddress.parse(text);
        if (mac.isGroup() || mac.value() == 0) {
            throw new ValueException("a source is neither a group address nor zero");
        }
        return mac;
    }

    /** The word of the rule text. */
    public String label() {
        return label;
    }

    static List<String> allLabels() {
        return LABELS;
    }

    /** The field of this word, or null. */
    static RewriteField of(final String label) {
        final int index = LABELS.indexOf(label);
        return index < 0 ? null : values()[index];
    }

    /** All fields as they are written. */
    static String allowed() {
        final List<String> forms = new ArrayList<>();
        for (final RewriteField field : values()) {
            forms.add(field.form());
        }
        return String.join(", ", forms);
    }

    /** How it is written, for instance {@code src-ip=IP}. */
    String form() {
        return label + form;
    }

    boolean hasValue() {
        return !form.isEmpty();
    }

    Object parse(final String text) {
        return parser.apply(text);
    }

    String print(final Object value) {
        return hasValue() ? label + "=" + value : label;
    }

    static void checkValue(final RewriteField field, final Object value) {
        if (!field.type.isInstance(value)
                || !field.parser.apply(String.valueOf(value)).equals(value)) {
            throw new IllegalArgumentException(
                    field.label + ": " + value + "; allowed: " + field.form());
        }
    }
}

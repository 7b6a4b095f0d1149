package io.vswitch.rules;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Conditions that all have to hold, at most one per field; immutable. {@link #toString} is their
 * canonical text. A field that the packet doesn't have never matches: addresses and protocols are
 * those of IP packets only, and a later fragment has no ports, ICMP type or TCP flags.
 */
public final class Conditions {
    private static final Conditions NONE = new Conditions(new EnumMap<>(ConditionField.class));

    private final Map<ConditionField, Object> values;

    private Conditions(final Map<ConditionField, Object> values) {
        this.values = values;
    }

    /** Matches every packet. */
    public static Conditions none() {
        return NONE;
    }

    /**
     * These conditions and one more, or one changed.
     *
     * @param value of the type that {@link ConditionField} gives.
     */
    public Conditions with(final ConditionField field, final Object value) {
        field.checkValue(value);
        final Map<ConditionField, Object> changed = new EnumMap<>(values);
        changed.put(field, value);
        return new Conditions(changed);
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public boolean has(final ConditionField field) {
        return values.containsKey(field);
    }

    /** Field to value. */
    public Map<ConditionField, Object> values() {
        return Collections.unmodifiableMap(values);
    }

    /** Condition on the source MAC, or null; likewise the others. */
    public MacMatch srcMac() {
        return (MacMatch) values.get(ConditionField.SRC_MAC);
    }

    public MacMatch dstMac() {
        return (MacMatch) values.get(ConditionField.DST_MAC);
    }

    public EtherType etherType() {
        return (EtherType) values.get(ConditionField.ETHERTYPE);
    }

    public VlanMatch vlan() {
        return (VlanMatch) values.get(ConditionField.VLAN);
    }

    public IpMatch srcIp() {
        return (IpMatch) values.get(ConditionField.SRC_IP);
    }

    public IpMatch dstIp() {
        return (IpMatch) values.get(ConditionField.DST_IP);
    }

    public ProtoMatch proto() {
        return (ProtoMatch) values.get(ConditionField.PROTO);
    }

    public PortSet srcPort() {
        return (PortSet) values.get(ConditionField.SRC_PORT);
    }

    public PortSet dstPort() {
        return (PortSet) values.get(ConditionField.DST_PORT);
    }

    public Integer icmpType() {
        return (Integer) values.get(ConditionField.ICMP_TYPE);
    }

    public Integer icmpCode() {
        return (Integer) values.get(ConditionField.ICMP_CODE);
    }

    public TcpFlagsMatch tcpFlags() {
        return (TcpFlagsMatch) values.get(ConditionField.TCP_FLAGS);
    }

    public IpMatch arpTarget() {
        return (IpMatch) values.get(ConditionField.ARP_TARGET);
    }

    /** Condition on what rules before noted, or null. */
    public MetaMatch meta() {
        return (MetaMatch) values.get(ConditionField.META);
    }

    /** Names of the tags in them, sorted. */
    public Set<String> tags() {
        final Set<String> tags = new TreeSet<>();
        tags.addAll(srcIp() == null ? List.of() : srcIp().tags());
        tags.addAll(dstIp() == null ? List.of() : dstIp().tags());
        tags.addAll(arpTarget() == null ? List.of() : arpTarget().tags());
        return tags;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Conditions && values.equals(((Conditions) other).values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey().label() + " " + entry.getValue())
                .collect(Collectors.joining(" "));
    }
}

package io.vswitch.rules;

import io.vswitch.core.packet.FlowKey;

/**
 * What the outer VLAN field of {@link FlowKey} has to be; immutable.
 *
 * @param value bits to be found.
 * @param mask bits that count.
 */
public record VlanMatch(int value, int mask) {
    /** Highest VLAN id. */
    static final int MAX_ID = 4094;

    private static final VlanMatch NONE = new VlanMatch(0, FlowKey.VLAN_PRESENT);
    private static final VlanMatch ANY = new VlanMatch(FlowKey.VLAN_PRESENT, FlowKey.VLAN_PRESENT);

    /** No tag. */
    public static VlanMatch none() {
        return NONE;
    }

    /** Some tag, of any id. */
    public static VlanMatch any() {
        return ANY;
    }

    /** A tag of this id, 0 (priority tag) to 4094. */
    public static VlanMatch id(final int id) {
        if (id < 0 || id > MAX_ID) {
            throw new IllegalArgumentException("vlan " + id + "; allowed: 0 to " + MAX_ID);
        }
        return new VlanMatch(FlowKey.VLAN_PRESENT | id, FlowKey.VLAN_PRESENT | 0xfff);
    }

    static VlanMatch parse(final String text) {
        if (text.equals("none")) {
            return NONE;
        }
        if (text.equals("any")) {
            return ANY;
        }
        final int id = Numbers.decimal(text, MAX_ID);
        if (id < 0) {
            throw new ValueException("allowed: 0 to " + MAX_ID + ", none, any");
        }
        return id(id);
    }

    @Override
    public String toString() {
        return equals(NONE) ? "none" : equals(ANY) ? "any" : Integer.toString(value & 0xfff);
    }
}

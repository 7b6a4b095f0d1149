package io.vswitch.rules;

/**
 * One stage of a port's policy; immutable.
 *
 * @param name unique on its port, 1 to 63 characters.
 * @param priority 0 to 1,000,000. Outbound packets walk the layers from the lowest priority to the
 *     highest, inbound packets from the highest to the lowest; layers of equal priority are ordered
 *     by name.
 * @param defaultVerdict what happens to a packet that no rule of the layer matches.
 * @param stateful whether the layer also allows the replies of connections that its rules allow.
 * @param owner who alone changes the layer, 1 to 63 characters, or null for everybody.
 */
public record Layer(
        String name, int priority, Verdict defaultVerdict, boolean stateful, String owner) {
    public Layer {
        Names.check("layer", name);
        Names.checkPriority("layer", name, priority);
        if (owner != null) {
            Names.check("owner", owner);
        }
    }

    /** A layer that everybody may change. */
    public Layer(
            final String name,
            final int priority,
            final Verdict defaultVerdict,
            final boolean stateful) {
        this(name, priority, defaultVerdict, stateful, null);
    }

    /** A layer that looks at each packet by itself. */
    public Layer(final String name, final int priority, final Verdict defaultVerdict) {
        this(name, priority, defaultVerdict, false);
    }
}

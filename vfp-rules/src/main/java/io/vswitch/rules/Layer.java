package io.vswitch.rules;

/**
 * One stage of a port's policy; immutable.
 *
 * @param name unique on its port, 1 to 63 characters.
 * @param priority 0 to 1,000,000. Outbound packets walk the layers from the lowest priority to the
 *     highest, inbound packets from the highest to the lowest; layers of equal priority are ordered
 *     by name.
 * @param defaultVerdict what happens to a packet that no rule of the layer matches.
 */
public record Layer(String name, int priority, Verdict defaultVerdict) {
    public Layer {
        Names.check("layer", name);
        Names.checkPriority("layer", name, priority);
    }
}

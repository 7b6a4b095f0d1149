package io.vswitch.core.view;

import java.util.List;

/**
 * The way of one packet, step by step, as the live objects decide it.
 *
 * @param packet the packet as parsed, one line.
 * @param ingress port name.
 * @param steps each layer walked, outbound at the ingress port, then inbound at each egress port.
 * @param forwarding how the egress was found: "MAC ... is behind port b", "unknown, flooded to
 *     ...", "redirected by rule ...".
 * @param egress ports it leaves through; empty when dropped.
 * @param drop label of the drop reason, or null.
 * @param rewrite text of the composed transposition, or null.
 * @param generation of the rules that decided.
 * @param supposed true when rules that aren't there had a part in it: then no flow is looked for.
 * @param cached true when a live flow of this very key exists; {@code flowPackets} is its count.
 */
public record Explanation(
        String packet,
        String ingress,
        List<LayerStep> steps,
        String forwarding,
        List<String> egress,
        String drop,
        String rewrite,
        long generation,
        boolean supposed,
        boolean cached,
        long flowPackets) {
    /** The same with the flow that another explanation of the packet found. */
    public Explanation withFlowOf(final Explanation other) {
        return new Explanation(
                packet,
                ingress,
                steps,
                forwarding,
                egress,
                drop,
                rewrite,
                generation,
                supposed,
                other.cached,
                other.flowPackets);
    }
}

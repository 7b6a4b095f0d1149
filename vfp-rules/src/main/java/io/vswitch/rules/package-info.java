/**
 * Layered rules of a port, after Azure's Virtual Filtering Platform: the model ({@link
 * io.vswitch.rules.PolicySet}, {@link io.vswitch.rules.Layer}, {@link io.vswitch.rules.Group},
 * {@link io.vswitch.rules.Rule}), the text of a rule ({@link io.vswitch.rules.RuleBody}) and the
 * compiler ({@link io.vswitch.rules.PolicyCompiler}).
 *
 * <h2>What a policy means</h2>
 *
 * <ol>
 *   <li>Outbound packets (from the endpoint) walk the layers in ascending order of priority,
 *       inbound packets in descending order.
 *   <li>In a layer the groups of the packet's direction are visited in ascending order of priority.
 *       In each group the best rule that matches counts: lowest priority, then {@link
 *       io.vswitch.rules.Rule}'s order of ids.
 *   <li>The last group with a match wins, unless the rule that matched is terminating: then it
 *       applies at once. Only the winner acts; all groups of a layer see the packet as the layer
 *       before left it.
 *   <li>Without a match the layer's default applies: allow goes on to the next layer, block drops
 *       (LAYER_DEFAULT).
 *   <li>{@code allow} goes on to the next layer. {@code block} drops (POLICY_BLOCKED). {@code
 *       rewrite} sets fields and goes on; later layers see the new values. {@code redirect} goes on
 *       too, and the packet leaves through the named port, whatever its MAC; the last redirect
 *       wins; a later layer may still block.
 *   <li>A drop ends the walk. A rewrite of something the packet doesn't have (the address of
 *       another family, a tag that isn't there, a third tag, DSCP or TTL of a packet that isn't IP)
 *       drops it (REWRITE_IMPOSSIBLE). A redirect to a port that doesn't exist drops it
 *       (DESTINATION_GONE).
 * </ol>
 *
 * <h2>Fragments</h2>
 *
 * The switch gives later fragments the ports, ICMP type and TCP flags of the first, so rules treat
 * a datagram as one. Where that isn't known, as in explain, a later fragment has none of them, and
 * conditions on them don't match it. A rewrite of a port leaves a later fragment's payload alone.
 *
 * <h2>Addresses and protocols</h2>
 *
 * {@code src-ip}, {@code dst-ip} and {@code proto} match IPv4 and IPv6 packets only, never ARP.
 * {@code proto icmp} is IPv4's, {@code proto icmpv6} IPv6's; any other protocol matches in both
 * families.
 */
package io.vswitch.rules;

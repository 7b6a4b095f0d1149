package io.vswitch.rules;

import io.vswitch.core.reply.Answer;
import java.util.List;
import java.util.Map;

/**
 * Finds parts of a rule that contradict each other, so that no rule can be made that means nothing.
 * Stateless.
 */
final class RuleCheck {
    /**
     * The first contradiction.
     *
     * @param label of the field to blame, with '=' behind it when the action sets it.
     * @param text what is wrong with it, to follow the label.
     */
    record Problem(String label, String text) {}

    private final Action action;
    private final Conditions conditions;
    private String familyOf;
    private String family;
    private Problem problem;

    private RuleCheck(final Action action, final Conditions conditions) {
        this.action = action;
        this.conditions = conditions;
    }

    /** The first contradiction of conditions alone, or null. */
    static Problem problem(final Conditions conditions) {
        return problem(Action.ALLOW, false, conditions, RuleOptions.NONE);
    }

    /** The first contradiction, or null. */
    static Problem problem(
            final Action action,
            final boolean terminating,
            final Conditions conditions,
            final RuleOptions options) {
        final RuleCheck check = new RuleCheck(action, conditions);
        check.protocols();
        check.families();
        if (action instanceof Action.Rewrite) {
            check.rewrites(((Action.Rewrite) action).sets());
        }
        if (action instanceof Action.Nat) {
            check.nat(((Action.Nat) action).spec());
        }
        if (action instanceof Action.Balance && !check.hasPorts()) {
            check.fail("balance", "needs 'proto tcp' or 'proto udp' among the conditions");
        }
        if (action instanceof Action.Answers) {
            check.answer(((Action.Answers) action).answer());
        }
        check.options(terminating, options);
        return check.problem;
    }

    private void options(final boolean terminating, final RuleOptions options) {
        final boolean audits = action instanceof Action.Audit;
        if (terminating && audits) {
            fail("terminating", "can't go with audit, which decides nothing");
        }
        if (options.limit() != null && (action.isDrop() || audits)) {
            fail("limit", "needs an action that lets packets go on, not " + action);
        }
        if (options.meta() != null && (action.isDrop() || audits)) {
            fail("set-meta", "needs an action that lets packets go on, not " + action);
        }
        if (options.meter() != null && action.isDrop()) {
            fail("meter", "needs an action that lets packets go on, not " + action);
        }
    }

    private void fail(final String label, final String text) {
        if (problem == null) {
            problem = new Problem(label, text);
        }
    }

    /** The only protocol that can match, or null. */
    private IpProtocol proto() {
        return conditions.proto() == null ? null : conditions.proto().single();
    }

    private boolean hasPorts() {
        return conditions.proto() != null && conditions.proto().hasPorts();
    }

    private void protocols() {
        final IpProtocol proto = proto();
        final boolean ports = hasPorts();
        require(ConditionField.SRC_PORT, ports, "needs 'proto tcp' or 'proto udp'");
        require(ConditionField.DST_PORT, ports, "needs 'proto tcp' or 'proto udp'");
        final boolean icmp = proto != null && proto.isIcmp();
        require(ConditionField.ICMP_TYPE, icmp, "needs 'proto icmp' or 'proto icmpv6'");
        require(ConditionField.ICMP_CODE, icmp, "needs 'proto icmp' or 'proto icmpv6'");
        require(ConditionField.ICMP_CODE, conditions.icmpType() != null, "needs 'icmp-type'");
        require(ConditionField.TCP_FLAGS, IpProtocol.TCP.equals(proto), "needs 'proto tcp'");
    }

    private void require(final ConditionField field, final boolean holds, final String text) {
        if (conditions.has(field) && !holds) {
            fail(field.label(), text);
        }
    }

    private void families() {
        final EtherType etherType = conditions.etherType();
        if (etherType != null) {
            family(
                    "ethertype",
                    etherType.equals(EtherType.IPV4)
                            ? "IPv4"
                            : etherType.equals(EtherType.IPV6) ? "IPv6" : etherType.toString());
        }
        address("src-ip", conditions.srcIp());
        address("dst-ip", conditions.dstIp());
        arpTarget();
        final IpProtocol proto = proto();
        if (proto != null && proto.isIcmp()) {
            family("proto", proto.equals(IpProtocol.ICMP) ? "IPv4" : "IPv6");
        } else if (conditions.proto() != null && isNoIp()) {
            fail("proto", "needs an IP packet, but ethertype is " + etherType);
        }
    }

    private void address(final String label, final IpMatch match) {
        if (match != null && match.family() != null) {
            family(label, match.family());
        } else if (match != null && isNoIp()) {
            fail(label, "needs an IP packet, but ethertype is " + conditions.etherType());
        }
    }

    private void arpTarget() {
        final IpMatch target = conditions.arpTarget();
        if (target == null) {
            return;
        }
        family("arp-target", EtherType.ARP.toString());
        if (target.prefixes().stream().anyMatch(prefix -> prefix.address().isIpv6())) {
            fail("arp-target", "takes IPv4 addresses");
        }
        for (final ConditionField field :
                List.of(ConditionField.SRC_IP, ConditionField.DST_IP, ConditionField.PROTO)) {
            require(field, false, "needs an IP packet, but arp-target is for arp");
        }
    }

    private void answer(final Answer answer) {
        final IpProtocol proto = proto();
        final Integer type = conditions.icmpType();
        switch (answer.kind()) {
            case ARP:
                require(ConditionField.ARP_TARGET, "arp needs 'arp-target'");
                break;
            case ND:
                if (!IpProtocol.ICMPV6.equals(proto) || !Integer.valueOf(135).equals(type)) {
                    fail("answer", "nd needs 'proto icmpv6 icmp-type 135'");
                }
                break;
            default:
                final boolean request =
                        IpProtocol.ICMP.equals(proto) && Integer.valueOf(8).equals(type)
                                || IpProtocol.ICMPV6.equals(proto)
                                        && Integer.valueOf(128).equals(type);
                if (!request) {
                    fail(
                            "answer",
                            "echo needs 'proto icmp icmp-type 8' or 'proto icmpv6 icmp-type 128'");
                }
        }
    }

    private void require(final ConditionField field, final String text) {
        if (!conditions.has(field)) {
            fail("answer", text);
        }
    }

    private boolean isNoIp() {
        return conditions.etherType() != null && !conditions.etherType().isIp();
    }

    private void family(final String label, final String wanted) {
        if (family == null) {
            family = wanted;
            familyOf = label;
        } else if (!family.equals(wanted)) {
            fail(label, "is for " + wanted + ", but " + familyOf + " is for " + family);
        }
    }

    private void rewrites(final Map<RewriteField, Object> sets) {
        address(sets, RewriteField.SRC_IP);
        address(sets, RewriteField.DST_IP);
        final boolean ports = hasPorts();
        require(
                sets,
                RewriteField.SRC_PORT,
                ports,
                "needs 'proto tcp' or 'proto udp' among the conditions");
        require(
                sets,
                RewriteField.DST_PORT,
                ports,
                "needs 'proto tcp' or 'proto udp' among the conditions");
        require(
                sets,
                RewriteField.CLAMP_MSS,
                IpProtocol.TCP.equals(proto()),
                "needs 'proto tcp' among the conditions");
        final boolean ip = conditions.etherType() == null || conditions.etherType().isIp();
        require(
                sets,
                RewriteField.DSCP,
                ip,
                "needs an IP packet, but ethertype is " + conditions.etherType());
        require(
                sets,
                RewriteField.TTL_DEC,
                ip,
                "needs an IP packet, but ethertype is " + conditions.etherType());
        vlans(sets);
    }

    private void address(final Map<RewriteField, Object> sets, final RewriteField field) {
        if (sets.containsKey(field)) {
            family(field.label() + "=", ((IpAddress) sets.get(field)).family());
        }
    }

    private void nat(final NatSpec spec) {
        final String label = spec.isSource() ? "snat" : "dnat";
        final boolean ip =
                conditions.etherType() != null && conditions.etherType().isIp()
                        || conditions.srcIp() != null
                        || conditions.dstIp() != null
                        || conditions.proto() != null;
        if (!ip) {
            fail(label, "needs a condition that only IP meets: ethertype, src-ip, dst-ip or proto");
        }
        if (spec.address() != null) {
            family(label, spec.address().family());
        }
        if (spec.setsPort() && !hasPorts()) {
            fail(label, "to a port needs 'proto tcp' or 'proto udp' among the conditions");
        }
        final int ports = spec.lastPort() - spec.firstPort() + 1;
        final PortSet matched = conditions.dstPort();
        if (ports > 1 && (matched == null || matched.ranges() != 1 || matched.size() != ports)) {
            fail(label, "to " + ports + " ports needs a dst-port range of as many");
        }
    }

    private void vlans(final Map<RewriteField, Object> sets) {
        final boolean tagged = !VlanMatch.none().equals(conditions.vlan());
        require(
                sets,
                RewriteField.VLAN_POP,
                tagged,
                "needs a tag, but the condition is 'vlan none'");
        require(
                sets,
                RewriteField.VLAN_SET,
                tagged,
                "needs a tag, but the condition is 'vlan none'");
        final boolean pushes = sets.containsKey(RewriteField.VLAN_PUSH);
        require(sets, RewriteField.VLAN_POP, !pushes, "can't go with vlan-push=");
        require(sets, RewriteField.VLAN_SET, !pushes, "can't go with vlan-push=");
        require(
                sets,
                RewriteField.VLAN_SET,
                !sets.containsKey(RewriteField.VLAN_POP),
                "can't go with vlan-pop");
    }

    private void require(
            final Map<RewriteField, Object> sets,
            final RewriteField field,
            final boolean holds,
            final String text) {
        if (sets.containsKey(field) && !holds) {
            fail(field.hasValue() ? field.label() + "=" : field.label(), text);
        }
    }
}

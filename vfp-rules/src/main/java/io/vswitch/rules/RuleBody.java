package io.vswitch.rules;

/**
 * What a rule matches and does, apart from its place; immutable. {@link #toString} is its canonical
 * text, {@link #parse} reads it back to an equal body. The grammar:
 *
 * <pre>
 *   rule      = [ "terminating" ] action [ [ "where" ] condition { condition } ]
 *   action    = "allow" | "block" | "reject" | "redirect" PORTNAME | "rewrite" set { set }
 *             | nat, see {@link NatSpec}
 *   set       = "src-mac=" MAC | "dst-mac=" MAC | "src-ip=" IP | "dst-ip=" IP
 *             | "src-port=" PORT | "dst-port=" PORT
 *             | "vlan-push=" VID | "vlan-pop" | "vlan-set=" VID | "dscp=" 0..63 | "ttl-dec"
 *   condition = ( "src-mac" | "dst-mac" ) MAC [ "/" MAC ]
 *             | "ethertype" ( "ipv4" | "ipv6" | "arp" | NUMBER )
 *             | "vlan" ( VID | "none" | "any" )
 *             | ( "src-ip" | "dst-ip" ) [ "not" ] address { "," address }
 *             | "proto" [ "not" ] ( NAME | 0..255 ) { "," ( NAME | 0..255 ) }
 *             | ( "src-port" | "dst-port" ) PORT [ "-" PORT ] { "," PORT [ "-" PORT ] }
 *             | ( "icmp-type" | "icmp-code" ) 0..255
 *             | "tcp-flags" flags [ "/" flags ]
 *   address   = IP [ "/" LENGTH ] | "&#64;" TAG
 *   flags     = "none" | flag { "+" flag }
 *   flag      = "fin" | "syn" | "rst" | "psh" | "ack" | "urg" | "ece" | "cwr"
 * </pre>
 *
 * Words are separated by white space. A condition is given at most once; a rule without conditions
 * matches every packet.
 *
 * @param action what happens to a packet that matches.
 * @param terminating applies at once, whatever later groups of the layer hold.
 * @param conditions all of them have to hold.
 */
public record RuleBody(Action action, boolean terminating, Conditions conditions) {
    public RuleBody {
        final RuleCheck.Problem problem = RuleCheck.problem(action, conditions);
        if (problem != null) {
            throw new RuleSyntaxException("rule: " + problem.label() + " " + problem.text());
        }
    }

    /**
     * Reads the text of a rule.
     *
     * @throws RuleSyntaxException with one line that says where the text is wrong and what is
     *     allowed.
     */
    public static RuleBody parse(final String text) {
        return new RuleParser(text).parse();
    }

    /**
     * Canonical text: fields in the order of the grammar, "where" only after rewrite and redirect.
     */
    @Override
    public String toString() {
        final StringBuilder text =
                new StringBuilder(terminating ? "terminating " : "").append(action);
        if (!conditions.isEmpty()) {
            text.append(action.hasArguments() ? " where " : " ").append(conditions);
        }
        return text.toString();
    }
}

package io.vswitch.rules;

import java.util.ArrayList;
import java.util.List;

/**
 * What a rule matches and does, apart from its place; immutable. {@link #toString} is its canonical
 * text, {@link #parse} reads it back to an equal body. The grammar:
 *
 * <pre>
 *   rule      = [ "terminating" ] action { option } [ [ "where" ] condition { condition } ]
 *   action    = "allow" | "block" | "reject" | "redirect" PORTNAME | "rewrite" set { set } | "audit"
 *             | "answer" ( ( "arp" | "nd" ) MAC | "echo" )
 *             | nat, see {@link NatSpec}
 *             | "balance" NAME
 *             | encap or decap, see {@link EncapSpec}
 *   option    = "limit" RATE [ "burst" SIZE ] | "mirror" PORTNAME | "meter" NAME
 *             | "set-meta" meta
 *   set       = "src-mac=" MAC | "dst-mac=" MAC | "src-ip=" IP | "dst-ip=" IP
 *             | "src-port=" PORT | "dst-port=" PORT
 *             | "vlan-push=" VID | "vlan-pop" | "vlan-set=" VID | "dscp=" 0..63 | "ttl-dec"
 *             | "clamp-mss=" BYTES
 *   condition = ( "src-mac" | "dst-mac" ) MAC [ "/" MAC ]
 *             | "ethertype" ( "ipv4" | "ipv6" | "arp" | NUMBER )
 *             | "vlan" ( VID | "none" | "any" )
 *             | ( "src-ip" | "dst-ip" ) [ "not" ] address { "," address }
 *             | "proto" [ "not" ] ( NAME | 0..255 ) { "," ( NAME | 0..255 ) }
 *             | ( "src-port" | "dst-port" ) PORT [ "-" PORT ] { "," PORT [ "-" PORT ] }
 *             | ( "icmp-type" | "icmp-code" ) 0..255
 *             | "tcp-flags" flags [ "/" flags ]
 *             | "arp-target" [ "not" ] address { "," address }
 *             | "meta" meta
 *   meta      = KEY "=" 0..65535 { "," KEY "=" 0..65535 }, KEY of {@link MetaMatch#KEYS}
 *   address   = IP [ "/" LENGTH ] | "&#64;" TAG
 *   flags     = "none" | flag { "+" flag }
 *   flag      = "fin" | "syn" | "rst" | "psh" | "ack" | "urg" | "ece" | "cwr"
 * </pre>
 *
 * Options may stand among the conditions, too, and "allow" be left out before one. Words are
 * separated by white space. A condition is given at most once; a rule without conditions matches
 * every packet.
 *
 * @param action what happens to a packet that matches.
 * @param terminating applies at once, whatever later groups of the layer hold.
 * @param conditions all of them have to hold.
 * @param options what happens to it besides.
 */
public record RuleBody(
        Action action, boolean terminating, Conditions conditions, RuleOptions options) {
    public RuleBody {
        final RuleCheck.Problem problem =
                RuleCheck.problem(action, terminating, conditions, options);
        if (problem != null) {
            throw new RuleSyntaxException("rule: " + problem.label() + " " + problem.text());
        }
    }

    /** A rule that only decides. */
    public RuleBody(final Action action, final boolean terminating, final Conditions conditions) {
        this(action, terminating, conditions, RuleOptions.NONE);
    }

    /** Names of the ports that have to be there for the rule: where it redirects or mirrors to. */
    public List<String> ports() {
        final List<String> ports = new ArrayList<>(2);
        if (action instanceof Action.Redirect redirect) {
            ports.add(redirect.port());
        }
        if (options.mirror() != null) {
            ports.add(options.mirror());
        }
        return ports;
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
     * Canonical text: fields in the order of the grammar, "where" only after an action with words
     * behind it, and after options.
     */
    @Override
    public String toString() {
        final StringBuilder text =
                new StringBuilder(terminating ? "terminating " : "").append(action).append(options);
        if (!conditions.isEmpty()) {
            final boolean words = action.hasArguments() || !options.isEmpty();
            text.append(words ? " where " : " ").append(conditions);
        }
        return text.toString();
    }
}

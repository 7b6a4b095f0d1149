package io.vswitch.rules;

import io.vswitch.core.reply.Answer;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a rule does with a packet; immutable. {@link #toString} is its canonical text. */
public sealed interface Action {
    /** Goes on to the next layer. */
    Action ALLOW = new Allow();

    /** Ends the walk, the packet is dropped. */
    Action BLOCK = new Block();

    /** Ends the walk, the packet is dropped and its sender told so. */
    Action REJECT = new Reject();

    /** Decides nothing: the packet is noted. */
    Action AUDIT = new Audit();

    /** The packet ends here. */
    default boolean isDrop() {
        return false;
    }

    /** The text has words after the keyword. */
    default boolean hasArguments() {
        return false;
    }

    /** Goes on to the next layer; use {@link #ALLOW}. */
    record Allow() implements Action {
        @Override
        public String toString() {
            return "allow";
        }
    }

    /** Ends the walk; use {@link #BLOCK}. */
    record Block() implements Action {
        @Override
        public boolean isDrop() {
            return true;
        }

        @Override
        public String toString() {
            return "block";
        }
    }

    /** Ends the walk and answers the sender; use {@link #REJECT}. */
    record Reject() implements Action {
        @Override
        public boolean isDrop() {
            return true;
        }

        @Override
        public String toString() {
            return "reject";
        }
    }

    /** Decides nothing, counts and keeps the packet for a reader; use {@link #AUDIT}. */
    record Audit() implements Action {
        @Override
        public String toString() {
            return "audit";
        }
    }

    /** Ends the walk, the switch answers in the place of the receiver. */
    record Answers(Answer answer) implements Action {
        @Override
        public boolean isDrop() {
            return true;
        }

        @Override
        public boolean hasArguments() {
            return true;
        }

        @Override
        public String toString() {
            return "answer "
                    + answer.kind().name().toLowerCase(Locale.ROOT)
                    + (answer.kind() == Answer.Kind.ECHO ? "" : " " + new MacAddress(answer.mac()));
        }
    }

    /**
     * Goes on, but leaves through the named port in the end.
     *
     * @param port name of the port, 1 to 15 characters.
     */
    record Redirect(String port) implements Action {
        public Redirect {
            if (!RuleParser.isPortName(port)) {
                throw new RuleSyntaxException(
                        "rule: redirect '" + Names.printable(port) + "': " + RuleParser.PORT_NAMES);
            }
        }

        @Override
        public boolean hasArguments() {
            return true;
        }

        @Override
        public String toString() {
            return "redirect " + port;
        }
    }

    /** Sends through a tunnel, or takes from one, then goes on; in stateless layers only. */
    record Encap(EncapSpec spec) implements Action {
        @Override
        public boolean hasArguments() {
            return spec.isEncap() || spec.space() != null;
        }

        @Override
        public String toString() {
            return spec.toString();
        }
    }

    /** Translates connections, then goes on; in stateful layers only. */
    record Nat(NatSpec spec) implements Action {
        @Override
        public boolean hasArguments() {
            return true;
        }

        @Override
        public String toString() {
            return spec.toString();
        }
    }

    /**
     * Sets header fields, then goes on: later layers see the new values.
     *
     * @param sets field to value, at least one; see {@link RewriteField} for the values' types.
     */
    record Rewrite(Map<RewriteField, Object> sets) implements Action {
        public Rewrite {
            if (sets.isEmpty()) {
                throw new RuleSyntaxException(
                        "rule: rewrite sets no field; allowed: " + RewriteField.allowed());
            }
            sets = Collections.unmodifiableMap(new EnumMap<>(sets));
            sets.forEach(RewriteField::checkValue);
        }

        @Override
        public boolean hasArguments() {
            return true;
        }

        @Override
        public String toString() {
            return "rewrite "
                    + sets.entrySet().stream()
                            .map(set -> set.getKey().print(set.getValue()))
                            .collect(Collectors.joining(" "));
        }
    }

    /**
     * Gives a connection to a backend of a load balancer, then goes on: later layers see the
     * backend's address and port.
     *
     * @param balancer name of the load balancer.
     */
    record Balance(String balancer) implements Action {
        public Balance {
            if (!Names.isName(balancer)) {
                throw new RuleSyntaxException(
                        "rule: balance '" + Names.printable(balancer) + "': " + Names.ALLOWED);
            }
        }

        @Override
        public boolean hasArguments() {
            return true;
        }

        @Override
        public String toString() {
            return "balance " + balancer;
        }
    }
}

package io.vswitch.rules;

import io.vswitch.core.guard.RateLimit;
import io.vswitch.core.reply.Answer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the text of one rule; used once. The grammar stands at {@link RuleBody}. */
final class RuleParser {
    static final String PORT_NAMES =
            "allowed are port names of 1 to 15 characters, letters, digits and _ . : - @";

    /** Longest text of a rule, characters. */
    static final int MAX_LENGTH = 4096;

    private static final Pattern PORT_NAME = Pattern.compile("[A-Za-z0-9_.:@-]{1,15}");
    private static final List<String> ACTIONS =
            List.of(
                    "allow",
                    "block",
                    "reject",
                    "rewrite",
                    "redirect",
                    "snat",
                    "dnat",
                    "balance",
                    "encap",
                    "decap",
                    "audit",
                    "answer");

    private final List<String> words;
    private final Map<String, Integer> positions = new HashMap<>();
    private int next;
    private RuleOptions options = RuleOptions.NONE;

    RuleParser(final String text) {
        if (text.length() > MAX_LENGTH) {
            throw new RuleSyntaxException(
                    "rule: text of " + text.length() + " characters; allowed: " + MAX_LENGTH);
        }
        final String trimmed = text.trim();
        words = trimmed.isEmpty() ? List.of() : List.of(trimmed.split("\\s+"));
    }

    static boolean isPortName(final String name) {
        return PORT_NAME.matcher(name).matches();
    }

    RuleBody parse() {
        if (words.isEmpty()) {
            throw new RuleSyntaxException(
                    "rule: empty; allowed: " + String.join(", ", ACTIONS) + ", then conditions");
        }
        final boolean terminating = words.get(0).equals("terminating");
        next = terminating ? 1 : 0;
        positions.put("terminating", next);
        final Action action = action();
        while (hasNext() && RuleOptions.WORDS.contains(words.get(next))) {
            option(words.get(next++));
        }
        final Conditions conditions = conditions(true);
        final RuleCheck.Problem problem =
                RuleCheck.problem(action, terminating, conditions, options);
        if (problem != null) {
            throw at(problem.label(), positions.get(problem.label()), problem.text());
        }
        return new RuleBody(action, terminating, conditions, options);
    }

    /** Conditions alone, of a group. */
    Conditions parseConditions() {
        final Conditions conditions = conditions(false);
        final RuleCheck.Problem problem = RuleCheck.problem(conditions);
        if (problem != null) {
            throw at(problem.label(), positions.get(problem.label()), problem.text());
        }
        return conditions;
    }

    private static RuleSyntaxException at(final String label, final int word, final String text) {
        return new RuleSyntaxException("rule: " + label + " at word " + word + " " + text);
    }

    private boolean hasNext() {
        return next < words.size();
    }

    private Action action() {
        if (!hasNext()) {
            throw new RuleSyntaxException(
                    "rule: no action after 'terminating' at word 1; allowed: "
                            + String.join(", ", ACTIONS));
        }
        final String word = words.get(next++);
        switch (word) {
            case "allow":
                return Action.ALLOW;
            case "block":
                return Action.BLOCK;
            case "reject":
                return Action.REJECT;
            case "redirect":
                return redirect();
            case "rewrite":
                return rewrite();
            case "snat":
            case "dnat":
                return nat(word);
            case "encap":
            case "decap":
                return encap(word.equals("encap"));
            case "audit":
                return Action.AUDIT;
            case "balance":
                return balance();
            case "answer":
                return answer();
            default:
                if (RuleOptions.WORDS.contains(word)) {
                    next--;
                    return Action.ALLOW;
                }
                throw unknown("action", word, next, ACTIONS);
        }
    }

    private Action answer() {
        positions.put("answer", next);
        final String kind = value("answer");
        final Answer.Kind parsed =
                switch (kind) {
                    case "arp" -> Answer.Kind.ARP;
                    case "nd" -> Answer.Kind.ND;
                    case "echo" -> Answer.Kind.ECHO;
                    default -> throw unknown("answer", kind, next, List.of("arp", "nd", "echo"));
                };
        if (parsed == Answer.Kind.ECHO) {
            return new Action.Answers(new Answer(parsed, 0));
        }
        final String mac = value("answer " + kind);
        try {
            return new Action.Answers(new Answer(parsed, MacAddress.parse(mac).value()));
        } catch (final IllegalArgumentException bad) {
            throw badValue("answer " + kind, mac, new ValueException(bad.getMessage()));
        }
    }

    private void option(final String word) {
        place(word);
        final String value = value(word);
        try {
            switch (word) {
                case "limit":
                    options = options.withLimit(RateLimit.of(value, burst()));
                    break;
                case "mirror":
                    options = options.withMirror(value);
                    break;
                case "set-meta":
                    options = options.withMeta(MetaMatch.parse(value));
                    break;
                default:
                    options = options.withMeter(value);
            }
        } catch (final RuleSyntaxException bad) {
            throw new RuleSyntaxException(
                    bad.getMessage().replaceFirst("': ", "' at word " + next + ": "));
        } catch (final IllegalArgumentException bad) {
            throw badValue(word, value, new ValueException(bad.getMessage()));
        }
    }

    private String value(final String word) {
        if (!hasNext()) {
            throw at("'" + word + "'", next, "needs a value behind it");
        }
        return words.get(next++);
    }

    /** The size behind "burst", or null. */
    private String burst() {
        if (!hasNext() || !words.get(next).equals("burst")) {
            return null;
        }
        next++;
        return value("burst");
    }

    private static RuleSyntaxException unknown(
            final String what, final String word, final int position, final List<String> known) {
        final String shown = Names.printable(word);
        return new RuleSyntaxException(
                "rule: unknown "
                        + what
                        + " '"
                        + shown
                        + "' at word "
                        + position
                        + Names.hint(shown, known));
    }

    private Action redirect() {
        if (!hasNext()) {
            throw at("'redirect'", next, "needs the name of a port");
        }
        final String port = words.get(next++);
        if (!isPortName(port)) {
            throw new RuleSyntaxException(
                    "rule: redirect '"
                            + Names.printable(port)
                            + "' at word "
                            + next
                            + ": "
                            + PORT_NAMES);
        }
        return new Action.Redirect(port);
    }

    private Action nat(final String word) {
        final boolean source = word.equals("snat");
        if (!hasNext()) {
            throw at("'" + word + "'", next, "needs " + (source ? "a pool or IP" : "an address"));
        }
        final String target = words.get(next++);
        NatSpec spec;
        try {
            spec = source ? NatSpec.source(target) : NatSpec.destination(target);
        } catch (final ValueException bad) {
            throw badValue(word, target, bad);
        }
        positions.put(word, next);
        while (hasNext() && words.get(next).matches("(src|dst)-mac=.*")) {
            final Map<RewriteField, Object> sets = new EnumMap<>(RewriteField.class);
            set(sets, words.get(next++));
            final RewriteField field = sets.keySet().iterator().next();
            spec = spec.with(field, (MacAddress) sets.get(field));
        }
        return new Action.Nat(spec);
    }

    private Action encap(final boolean isEncap) {
        final EncapSpec.Reader reader = new EncapSpec.Reader(words, next);
        final EncapSpec spec = reader.read(isEncap);
        next = reader.next();
        return new Action.Encap(spec);
    }

    private Action balance() {
        place("balance");
        if (!hasNext()) {
            throw at("'balance'", next, "needs the name of a load balancer");
        }
        final String balancer = words.get(next++);
        if (!Names.isName(balancer)) {
            throw new RuleSyntaxException(
                    "rule: balance '"
                            + Names.printable(balancer)
                            + "' at word "
                            + next
                            + ": "
                            + Names.ALLOWED);
        }
        return new Action.Balance(balancer);
    }

    private Action rewrite() {
        final int position = next;
        final Map<RewriteField, Object> sets = new EnumMap<>(RewriteField.class);
        while (hasNext() && isSet(words.get(next))) {
            set(sets, words.get(next++));
        }
        if (sets.isEmpty()) {
            throw at(
                    "'rewrite'",
                    position,
                    "needs a field to set; allowed: " + RewriteField.allowed());
        }
        return new Action.Rewrite(sets);
    }

    private static boolean isSet(final String word) {
        final RewriteField field = RewriteField.of(word);
        return word.indexOf('=') >= 0 || field != null && !field.hasValue();
    }

    private void set(final Map<RewriteField, Object> sets, final String word) {
        final int equalSign = word.indexOf('=');
        final String label = equalSign < 0 ? word : word.substring(0, equalSign);
        final RewriteField field = RewriteField.of(label);
        if (field == null) {
            throw unknown("field", label, next, RewriteField.allLabels());
        }
        if (field.hasValue() != equalSign >= 0) {
            throw at(label, next, "takes no value");
        }
        place(field.hasValue() ? label + "=" : label);
        try {
            sets.put(field, field.parse(word.substring(equalSign + 1)));
        } catch (final ValueException bad) {
            throw badValue(label, word.substring(equalSign + 1), bad);
        }
    }

    /** Notes where a field was given. */
    private void place(final String label) {
        if (positions.putIfAbsent(label, next) != null) {
            throw at(label, next, "is there already, at word " + positions.get(label));
        }
    }

    private RuleSyntaxException badValue(
            final String label, final String value, final ValueException bad) {
        return new RuleSyntaxException(
                "rule: "
                        + label
                        + " '"
                        + Names.printable(value)
                        + "' at word "
                        + next
                        + ": "
                        + bad.getMessage());
    }

    private Conditions conditions(final boolean hasOptions) {
        if (hasNext() && words.get(next).equals("where")) {
            next++;
            if (!hasNext()) {
                throw at(
                        "'where'",
                        next,
                        "needs a condition; allowed: "
                                + String.join(", ", ConditionField.allLabels()));
            }
        }
        Conditions conditions = Conditions.none();
        while (hasNext()) {
            final String word = words.get(next++);
            if (hasOptions && RuleOptions.WORDS.contains(word)) {
                option(word);
            } else {
                conditions = condition(conditions, word);
            }
        }
        return conditions;
    }

    private Conditions condition(final Conditions conditions, final String word) {
        final ConditionField field = ConditionField.of(word);
        if (field == null) {
            throw noCondition(word);
        }
        place(word);
        if (!hasNext()) {
            throw at(word, next, "needs a value; allowed: " + field.allowed());
        }
        final boolean negated = words.get(next).equals("not");
        next += negated ? 1 : 0;
        if (!hasNext()) {
            throw at(word + " not", next, "needs a value; allowed: " + field.allowed());
        }
        final String value = words.get(next++);
        try {
            return conditions.with(field, negated ? field.parseNegated(value) : field.parse(value));
        } catch (final ValueException bad) {
            throw badValue(word, value, bad);
        }
    }

    private RuleSyntaxException noCondition(final String word) {
        final int equalSign = word.indexOf('=');
        if (equalSign > 0 && ConditionField.of(word.substring(0, equalSign)) != null) {
            return at(
                    "'" + Names.printable(word) + "'",
                    next,
                    "sets a field; a condition is written without '='");
        }
        return unknown("field", word, next, ConditionField.allLabels());
    }
}

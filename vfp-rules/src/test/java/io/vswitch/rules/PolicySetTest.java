package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.policy.Direction;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class PolicySetTest {
    private final PolicySet set =
            PolicySet.of("web")
                    .withLayer(new Layer("nat", 20, Verdict.ALLOW))
                    .withLayer(new Layer("acl", 10, Verdict.BLOCK))
                    .withGroup(new Group("acl", "tenant", Direction.OUTBOUND, 2))
                    .withGroup(new Group("acl", "admin", Direction.OUTBOUND, 1))
                    .withRule("acl", "tenant", Rule.of("10", 5, "block"))
                    .withRule("acl", "tenant", Rule.of("icmp", 5, "block proto icmp"))
                    .withRule("acl", "tenant", Rule.of("9", 5, "allow"))
                    .withRule("acl", "tenant", Rule.of("z", 1, "allow proto tcp"));

    private static void refused(final String line, final Executable change) {
        assertEquals(line, assertThrows(SwitchException.class, change).getMessage());
    }

    @Test
    void shouldListInTheOrderOfEvaluation() {
        assertEquals(List.of("acl", "nat"), set.layers().stream().map(Layer::name).toList());
        assertEquals(
                List.of("admin", "tenant"), set.groups("acl").stream().map(Group::name).toList());
        assertEquals(
                List.of("z", "9", "10", "icmp"),
                set.rules("acl", "tenant").stream().map(Rule::id).toList());
    }

    @Test
    void shouldLeaveTheOldSetAloneWhenChanged() {
        final PolicySet changed =
                set.withoutRule("acl", "tenant", "9")
                        .withReplacedRule("acl", "tenant", Rule.of("z", 7, "block"));
        assertEquals(4, set.ruleCount());
        assertEquals(3, changed.ruleCount());
        assertEquals("allow proto tcp", set.rule("acl", "tenant", "z").text());
        assertEquals("block", changed.rule("acl", "tenant", "z").text());
        assertEquals(0, set.withoutLayer("acl").ruleCount());
        assertEquals(0, set.withoutGroup("acl", "tenant").ruleCount());
    }

    @Test
    void shouldOrderIdsAsNumbersThenAsText() {
        final List<String> ids =
                List.of("0", "00", "02", "2", "10", "99999999999999999999", "a", "a10", "a2", "b");
        for (int i = 0; i < ids.size(); i++) {
            for (int j = 0; j < ids.size(); j++) {
                final int order = Integer.signum(Rule.compareIds(ids.get(i), ids.get(j)));
                assertEquals(Integer.compare(i, j), order, ids.get(i) + " " + ids.get(j));
            }
        }
    }

    @Test
    void shouldNameTheNearestWhenSomethingIsUnknown() {
        refused("no layer 'alc' in port 'web'; did you mean 'acl'?", () -> set.groups("alc"));
        refused(
                "no layer 'firewall' in port 'web'; allowed: acl, nat",
                () -> set.withoutLayer("firewall"));
        refused("no layer 'acl' in port 'x'; there are none", () -> PolicySet.of("x").layer("acl"));
        refused(
                "no group 'tennant' in layer 'acl' of port 'web'; did you mean 'tenant'?",
                () -> set.group("acl", "tennant"));
        refused(
                "no rule 'imcp' in group 'tenant' of layer 'acl' of port 'web'; did you mean"
                        + " 'icmp'?",
                () -> set.withoutRule("acl", "tenant", "imcp"));
        refused(
                "no rule 'other' in group 'tenant' of layer 'acl' of port 'web'; allowed: 9, 10,"
                        + " icmp, z",
                () -> set.withReplacedRule("acl", "tenant", Rule.of("other", 1, "allow")));
    }

    @Test
    void shouldRefuseWhenSomethingIsThereAlready() {
        refused(
                "port 'web' has a layer 'acl' already",
                () -> set.withLayer(new Layer("acl", 1, Verdict.ALLOW)));
        refused(
                "layer 'acl' of port 'web' has a group 'admin' already",
                () -> set.withGroup(new Group("acl", "admin", Direction.INBOUND, 1)));
        final String rule = "group 'tenant' of layer 'acl' of port 'web' has a rule '9' already";
        refused(rule, () -> set.withRule("acl", "tenant", Rule.of("9", 1, "allow")));
        final List<Rule> twice = List.of(Rule.of("n", 1, "allow"), Rule.of("n", 2, "block"));
        refused(rule.replace("'9'", "'n'"), () -> set.withRules("acl", "tenant", twice));
    }

    @Test
    void shouldRefuseBadNamesAndPriorities() {
        final String names =
                "allowed are 1 to 63 characters, letters, digits and _ . : -, none of . : - first";
        refused("layer '': " + names, () -> new Layer("", 1, Verdict.ALLOW));
        refused("layer 'a b': " + names, () -> new Layer("a b", 1, Verdict.ALLOW));
        refused("group '-x': " + names, () -> new Group("acl", "-x", Direction.INBOUND, 1));
        refused("rule 'a?': " + names, () -> Rule.of("a\n", 1, "allow"));
        refused(
                "layer 'a': priority -1; allowed: 0 to 1000000",
                () -> new Layer("a", -1, Verdict.ALLOW));
        refused(
                "rule 'a': priority 1000001; allowed: 0 to 1000000",
                () -> Rule.of("a", 1_000_001, "allow"));
    }
}

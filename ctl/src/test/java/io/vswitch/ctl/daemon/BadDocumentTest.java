package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong document gets one line with line and path, and changes nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadDocumentTest {
    private static final String HEAD =
            "ports:\n"
                    + "  new: {network: red}\n"
                    + "  web:\n"
                    + "    network: red\n"
                    + "    addresses: [10.0.0.1/24]\n";

    private LocalDaemon daemon;
    private Path file;

    @BeforeAll
    void start(@TempDir final Path directory) throws IOException {
        daemon = new LocalDaemon(directory);
        file = directory.resolve("policy.yaml");
        daemon.run("add-network red --subnet 10.0.0.0/24").ok();
        daemon.run("add-port web --network red --ip 10.0.0.1/24 --mac 02:00:00:00:00:01").ok();
        daemon.run("add-port db --network red --ip 10.0.0.2/24 --mac 02:00:00:00:00:02").ok();
        daemon.run("add-rule db in redirect web").ok();
    }

    @AfterAll
    void stop() throws IOException {
        daemon.close();
    }

    private void refuses(final String text, final int code, final String line) throws IOException {
        final String before = daemon.fingerprint();
        Files.writeString(file, text);

        final Run run = daemon.run("apply --prune -f " + file);

        assertEquals("vswitchctl: " + file + line + "\n", run.err());
        assertEquals(code, run.code());
        assertEquals("", run.out());
        assertEquals(before, daemon.fingerprint());
        assertEquals(2, daemon.run("diff --prune -f " + file).code());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // The shape of the document.
                "ports: [a | 2 | :1: not YAML or JSON: expected ',' or ']', but got <stream end>",
                "potrs: {} | 2 | :1: potrs: unknown field; did you mean ports?",
                "qqqq: {} | 2 | :1: qqqq: unknown field; allowed are networks, tags, pools,"
                        + " load-balancers, spaces, ports",
                "hello | 2 | :1: has to be a mapping of names to values",
                "[] | 2 | :1: has to be a mapping of names to values",
                "ports: {a: &x {}, b: *x} | 2 | :1: ports.a: anchors are not allowed; write the"
                        + " value out where it is needed",
                "ports: *x | 2 | :1: ports: alias '*x': not allowed; write the value out",
                "ports: !!java.io.File {} | 2 | :1: ports: tags are not allowed; write the value"
                        + " alone",
                "ports: {a: {}, a: {}} | 2 | :1: ports.a: is there already, at line 1",
                "{ports: {}}~--- {} | 2 | :2: a second document; allowed is one",
                "[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]] | 2 | :1:"
                    + " [0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: nested deeper than 16",
                // Networks.
                "networks: {n: {subnet: 10.1.0.7/24}} | 2 | :1: networks.n.subnet: subnet"
                        + " '10.1.0.7/24': host bits are set; the network's address is 10.1.0.0/24",
                "networks: {n: {mac-limit: 0}} | 2 | :1: networks.n: network 'n': MAC limit 0;"
                        + " allowed are 1 to 1000000",
                "networks: {n: {mac-age: soon}} | 2 | :1: networks.n.mac-age: 'soon' is not a whole"
                        + " number",
                "networks: {n: {subnet: 10.0.0.0/8}} | 1 | :1: networks.n: subnet '10.0.0.0/8'"
                        + " overlaps 10.0.0.0/24 of network 'red'",
                "networks: {red: {}} | 1 | :1: networks.red: network 'red' has 2 ports (db, web);"
                        + " delete them first",
                "networks: {} | 1 | :1: networks.red: network 'red' has 2 ports (db, web); delete"
                        + " them first",
                // Ports.
                "ports: {abcdefghijklmnop: {}} | 2 | :1: ports.abcdefghijklmnop: port name"
                        + " 'abcdefghijklmnop' has 16 characters; allowed are 1 to 15",
                "ports: {a: {network: rde}} | 1 | :1: ports.a: no network 'rde'; did you mean"
                        + " 'red'?",
                "ports: {a: {network: red, addresses: [10.0.0.9/24, 10.9.0.1/24]}} | 2 | :1:"
                        + " ports.a: address '10.9.0.1/24' is outside 10.0.0.0/24 of network 'red'",
                "ports: {a: {addresses: [10.0.0.9/24, 10.0.0.9]}} | 2 | :1: ports.a.addresses[1]:"
                        + " address '10.0.0.9': length is missing; write it like 10.0.0.9/24",
                "ports: {a: {addresses: 10.0.0.9/24}} | 2 | :1: ports.a.addresses: has to be a"
                        + " list",
                "ports: {a: {mac: 02:00}} | 2 | :1: ports.a.mac: MAC '02:00': allowed are six"
                        + " bytes like 02:00:00:00:00:01",
                "ports: {a: {kind: tun}} | 2 | :1: ports.a.kind: 'tun'; allowed are tap, uplink,"
                        + " l2bridge and tunnel",
                "ports: {a: {kind: uplink}} | 2 | :1: ports.a: kind uplink needs a device",
                "ports: {a: {kind: uplink, device: e, mtu: 9}} | 2 | :1: ports.a.mtu: is for kind"
                        + " tap; an uplink is taken as it is",
                "ports: {a: {enabled: yes}} | 2 | :1: ports.a.enabled: 'yes'; allowed are true and"
                        + " false",
                "ports: {a: {netns: nosuchns}} | 1 | :1: ports.a: network namespace 'nosuchns' not"
                        + " found: no /run/netns/nosuchns",
                "ports: {db: {network: red, addresses: [10.0.0.2/24]}} | 1 | :1: ports.web: port"
                    + " 'web' is where rule db acl.in 1 sends packets to; delete the rule first",
            })
    void shouldRefuseInOneLine(final String text, final int code, final String line)
            throws IOException {
        refuses(text.replace('~', '\n'), code, line);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "mtu: 1400 | :6: ports.web.mtu: mtu of the port is '', not '1400', and can't change"
                        + " in place; `vswitchctl del-port web` first",
                "layers:~  acl: {groups: {x: {}}} | :7: ports.web.layers.acl.groups.x: direction is"
                        + " missing; allowed are in and out",
                "layers: {acl: {default: maybe}} | :6: ports.web.layers.acl.default: 'maybe';"
                        + " allowed are allow and block",
                "layers: {acl: {priority: 1000001}} | :6: ports.web.layers.acl.priority: priority"
                        + " 1000001 of layer 'acl'; allowed are 0 to 1000000",
                "layers: {acl: {groups: {in: {rules:~  [allow, allow,~    block dst-prot 80]}}}} |"
                    + " :8: ports.web.layers.acl.groups.in.rules[2]: unknown field 'dst-prot' at"
                    + " word 2; did you mean 'dst-port'?",
                "layers: {acl: {groups: {in: {rules:~  [{id: a,~    rule: blokc}]}}}} | :8:"
                        + " ports.web.layers.acl.groups.in.rules[0]: unknown action 'blokc' at word"
                        + " 1; did you mean 'block'?",
                "layers: {acl: {groups: {in: {rules: [{id: a}]}}}} | :6:"
                        + " ports.web.layers.acl.groups.in.rules[0]: rule is missing; write it like"
                        + " rule: block proto icmp",
                "layers: {acl: {groups: {in: {rules: [allow,~{id: 1, rule: block}]}}}} | :7:"
                        + " ports.web.layers.acl.groups.in.rules[1]: id '1' is there already, at"
                        + " line 6",
                "layers: {acl: {groups: {in: {rules: [{rule: allow, prio: 3}]}}}} | :6:"
                    + " ports.web.layers.acl.groups.in.rules[0].prio: unknown field; allowed are"
                    + " id, priority, rule",
            })
    void shouldNameTheLineAndThePath(final String text, final String line) throws IOException {
        refuses(HEAD + "    " + text.replace("~", "\n    ") + "\n", 2, line);
    }

    @Test
    void shouldRefuseARedirectToAPortThatIsNotThere() throws IOException {
        refuses(
                HEAD + "    layers: {acl: {groups: {in: {rules: [redirect nwe]}}}}\n",
                2,
                ":6: ports.web.layers.acl.groups.in.rules[0]: no port 'nwe'; did you mean 'new'?");
    }

    @Test
    void shouldRefuseATagThatIsNotThere() throws IOException {
        final String before = daemon.fingerprint();
        Files.writeString(
                file,
                HEAD + "    layers: {acl: {groups: {in: {rules: [block src-ip @nosuch]}}}}\n");

        final Run run = daemon.run("apply -f " + file);

        assertTrue(run.err().contains(":6: ports.web.layers.acl.groups.in: "), run.err());
        assertTrue(run.err().contains("nosuch"), run.err());
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldStayBoundedWhenTheDocumentIsHostile() throws IOException {
        refuses(
                "ports: {" + "a".repeat(100_000) + ": 1}",
                2,
                ":1: ports: a name of 100000" + " characters; allowed are 64");
        refuses(
                "ports: {a: {network: " + "b".repeat(100_000) + "}}",
                2,
                ":1: ports.a.network:" + " 100000 characters; allowed are 4096");
        refuses("", 2, ":1: the document is empty; allowed are networks, ports");
        final String many = "ports: [" + "a,".repeat(600_000) + "]";
        refuses(many, 2, ":1: ports[499998]: more than 500000 values in the document");
        Files.writeString(file, "#".repeat((16 << 20) + 1));
        final Run run = daemon.run("apply -f " + file);
        assertTrue(run.err().contains("longer than 16 MiB"), run.err());
    }

    @Test
    void shouldRefuseWhatIsNotUtf8() throws IOException {
        Files.write(file, new byte[] {'a', (byte) 0xff});

        assertEquals(
                "vswitchctl: the document is not UTF-8\n", daemon.run("apply -f " + file).err());
    }
}

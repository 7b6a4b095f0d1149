package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.ctl.cli.Run;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each wrong request gets one line and its exit code, and changes nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private LocalDaemon daemon;

    @BeforeAll
    void start(@TempDir final Path directory) throws IOException {
        daemon = new LocalDaemon(directory);
        daemon.run("add-network red --subnet 10.0.0.0/24").ok();
        daemon.run("add-port web1 --network red --ip 10.0.0.1/24 --mac 02:00:00:00:00:01").ok();
        daemon.run("add-port web2 --network red --ip 10.0.0.2/24 --mac 02:00:00:00:00:02").ok();
        daemon.run("add-rule web1 in block proto icmp").ok();
    }

    @AfterAll
    void stop() throws IOException {
        daemon.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // Unknown names, with the nearest one.
                "del-port wbe1 | 1 | no port 'wbe1'; did you mean 'web1'?",
                "del-port zzzzzz | 1 | no port 'zzzzzz'; there are: web1, web2",
                "enable-port wbe1 | 1 | no port 'wbe1'; did you mean 'web1'?",
                "add-rule wbe1 in block | 1 | no port 'wbe1'; did you mean 'web1'?",
                "list-rules wbe1 | 1 | no port 'wbe1'; did you mean 'web1'?",
                "flows --port wbe1 | 1 | no port 'wbe1'; did you mean 'web1'?",
                "capture --port wbe1 -w /dev/null | 1 | no port 'wbe1'; did you mean 'web1'?",
                "explain wbe1 icmp 10.0.0.1 > 10.0.0.2 | 1 | no port 'wbe1'; did you mean 'web1'?",
                "fdb rde | 1 | no network 'rde'; did you mean 'red'?",
                "add-port c --network rde | 1 | no network 'rde'; did you mean 'red'?",
                "del-network rde | 1 | no network 'rde'; did you mean 'red'?",
                "del-rule web1 in 7 | 1 | no rule '7' in group 'in' of layer 'acl' of port 'web1';"
                        + " did you mean '1'?",
                "add-rule web1 nat.in allow | 1 | no layer 'nat' in port 'web1'; allowed: acl",
                // Names that are there already.
                "add-port web1 | 1 | port 'web1' is there already",
                "add-network red | 1 | network 'red' is there already",
                "add-rule web1 in --id 1 allow | 1 | group 'in' of layer 'acl' of port 'web1' has a"
                        + " rule '1' already",
                "add-layer web1 acl --priority 1 | 1 | port 'web1' has a layer 'acl' already",
                "add-port c --network red --ip 10.0.0.2/24 | 1 | address '10.0.0.2/24' belongs to"
                        + " port 'web2' already",
                "add-port c --network red --mac 02:00:00:00:00:02 | 1 | MAC '02:00:00:00:00:02'"
                        + " belongs to port 'web2' already",
                "del-network red | 1 | network 'red' has 2 ports (web1, web2); delete them first",
                // Names that can't be.
                "add-port abcdefghijklmnop | 2 | port name 'abcdefghijklmnop' has 16 characters;"
                        + " allowed are 1 to 15",
                "add-port a/b | 2 | port name 'a/b': allowed are letters, digits, '.', '_', '-',"
                        + " beginning with none of '.', '-'",
                "add-port c --ifname abcdefghijklmnop | 2 | interface name 'abcdefghijklmnop' has"
                        + " 16 characters; allowed are 1 to 15",
                "add-layer web1 a.b --priority 1 | 2 | layer name 'a.b': allowed are letters,"
                        + " digits, '_', '-', not beginning with '-'",
                // Addresses.
                "add-network n --subnet 10.0.0.128/25 | 1 | subnet '10.0.0.128/25' overlaps"
                        + " 10.0.0.0/24 of network 'red'",
                "add-network n --subnet 10.1.0.7/24 | 2 | subnet '10.1.0.7/24': host bits are set;"
                        + " the network's address is 10.1.0.0/24",
                "add-network n --subnet 10.1.0.0/33 | 2 | subnet '10.1.0.0/33': length '33';"
                        + " allowed are 0 to 32",
                "add-network n --subnet 10.1.0.256/24 | 2 | subnet '10.1.0.256': not an IPv4 or"
                        + " IPv6 address",
                "add-network n --subnet 10.1.0.0 | 2 | subnet '10.1.0.0': length is missing; write"
                        + " it like 10.1.0.0/24",
                "add-network n --subnet fd00::1/64 | 2 | subnet 'fd00::1/64': host bits are set;"
                        + " the network's address is fd00::/64",
                "add-port c --network red --ip 10.9.0.1/24 | 2 | address '10.9.0.1/24' is outside"
                        + " 10.0.0.0/24 of network 'red'",
                "add-port c --mac 01:00:5e:00:00:01 | 2 | MAC '01:00:5e:00:00:01': an endpoint's"
                        + " MAC is neither zero nor a group's",
                "add-port c --mac 02:00:00 | 2 | MAC '02:00:00': allowed are six bytes like"
                        + " 02:00:00:00:00:01",
                "add-port c --route default | 2 | route 'default': gateway is missing; write it"
                        + " like default=10.0.0.1",
                "add-port c --route 10.0.0.0/8=fd00::1 | 2 | route '10.0.0.0/8=fd00::1':"
                        + " destination and gateway are of different families",
                // Numbers.
                "add-port c --mtu 67 | 2 | MTU 67; allowed are 68 to 65521",
                "add-network n --mac-limit 0 | 2 | network 'n': MAC limit 0; allowed are 1 to"
                        + " 1000000",
                "add-network n --mac-age 0 | 2 | network 'n': MAC age 0 s; allowed are 1 to 86400",
                "add-layer web1 n --priority 1000001 | 2 | priority 1000001 of layer 'n'; allowed"
                        + " are 0 to 1000000",
                "add-layer web1 n --priority 1 --default maybe | 2 | layer 'n': default 'maybe';"
                        + " allowed are allow and block",
                "add-group web1 acl g --priority 1 --direction up | 2 | group 'g': direction 'up';"
                        + " allowed are in and out",
                "flows --limit 0 | 2 | limit '0'; allowed are 1 to 100000",
                "capture --count 0 -w /dev/null | 2 | count 0; allowed are 1 to 10000000",
                "capture --snap 63 -w /dev/null | 2 | snap length 63; allowed are 64 to 65536",
                // Rules.
                "add-rule web1 in block dst-port 90-80 | 2 | rule: dst-port '90-80' at word 3:"
                        + " range upside down; did you mean 80-90?",
                "add-rule web1 in block protoo icmp | 2 | rule: unknown field 'protoo' at word 2;"
                        + " did you mean 'proto'?",
                "add-rule web1 in redirect wbe2 | 1 | no port 'wbe2'; did you mean 'web2'?",
                // Namespaces and devices.
                "add-port c --netns nosuchns | 1 | network namespace 'nosuchns' not found: no"
                        + " /run/netns/nosuchns",
                "add-port c --netns 4194305 | 1 | network namespace '4194305' not found: neither"
                        + " /run/netns/4194305 nor /proc/4194305/ns/net",
                "add-port c --kind uplink | 2 | --kind uplink needs --device",
                "add-port c --kind tun | 2 | --kind 'tun'; allowed are tap, uplink and l2bridge",
                // Packets.
                "explain web1 tcpp 10.0.0.1:1 > 10.0.0.2:2 | 2 | packet 'tcpp 10.0.0.1:1 >"
                    + " 10.0.0.2:2': 'tcpp' is no kind of packet (did you mean 'tcp'?); allowed are"
                    + " icmp, tcp, udp, arp, hex:BYTES",
                "explain web1 tcp 10.0.0.1:1 > 10.0.0.2 | 2 | packet 'tcp 10.0.0.1:1 > 10.0.0.2':"
                        + " destination port is missing; write it like 10.0.0.2:80",
                "explain web1 hex:0g | 2 | packet 'hex:0g': after hex: only pairs of hexadecimal"
                        + " digits are allowed",
            })
    void shouldRefuseInOneLineWhenInputIsBad(
            final String command, final int code, final String line) throws IOException {
        final String before = daemon.fingerprint();

        final Run run = daemon.run(command);

        assertEquals("vswitchctl: " + line + "\n", run.err());
        assertEquals(code, run.code());
        assertEquals("", run.out());
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldChangeNothingWhenOneOfManyChangesIsBad() throws IOException {
        final String before = daemon.fingerprint();
        daemon.devices.failing = "c2";

        final Run run = daemon.run("add-port c2 --network red");

        assertEquals("vswitchctl: open device 'c2': Operation not permitted\n", run.err());
        assertEquals(1, run.code());
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldHintAtTheStartCommandWhenNoDaemonRuns(@TempDir final Path empty) {
        final Run run = Run.at(empty.resolve("sock"), "show");

        assertEquals(
                "vswitchctl: vswitchd is not running (no socket at "
                        + empty.resolve("sock")
                        + "); start it with `vswitchctl daemon start`\n",
                run.err());
        assertEquals(1, run.code());
    }
}

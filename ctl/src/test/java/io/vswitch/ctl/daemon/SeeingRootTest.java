package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finding out by commands alone why one endpoint doesn't reach another; real TAPs and pings. */
@Tag("root")
@Tag("long")
class SeeingRootTest {
    @TempDir private Path directory;

    private static void connect(final DaemonProcess daemon, final Namespaces spaces) {
        daemon.run("add-network red --subnet 10.78.0.0/24").ok();
        for (int i = 0; i < 2; i++) {
            daemon.run(
                            "add-port see%d --network red --ip 10.78.0.%d/24 --netns %s"
                                    .formatted(i + 1, i + 1, spaces.name(i)))
                    .ok();
        }
    }

    private static Run command(final DaemonProcess daemon, final String... words) {
        final String[] all = new String[words.length + 1];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "--socket=" + daemon.socket;
        return Run.of(all);
    }

    @Test
    void shouldSupposeSeeAndKillWhatRealStacksSend() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            connect(daemon, spaces);
            assertTrue(spaces.pings(0, "10.78.0.2"), daemon.log());

            // a capture of the kernel's own pings, explained with a rule that isn't there
            final Path file = directory.resolve("pings.pcap");
            spaces.in(
                    0,
                    "sh -c 'timeout 20 tcpdump -q -U -i eth0 -c 2 -w "
                            + file
                            + " icmp & sleep 1; ping -c 5 -i 0.2 10.78.0.2 >/dev/null; wait'");
            final String[] explain = {"explain", "see1", "--pcap=" + file};
            final String[] supposed = {
                "explain", "see1", "--pcap=" + file, "--with=block proto icmp", "--at=see2"
            };
            assertTrue(command(daemon, explain).ok().out().contains("result   sent to see2"));
            final String what = command(daemon, supposed).ok().out();
            assertTrue(what.contains("result   dropped: policy-blocked"), what);
            assertTrue(spaces.pings(0, "10.78.0.2"), "a supposed rule blocked");

            final String flows = daemon.run("flows --proto icmp --sort packets").ok().out();
            // three runs of ping, each with an id of its own
            assertEquals(1 + 3 * 2, flows.lines().count(), flows);
            assertTrue(
                    command(daemon, "flows", "kill", "--proto=icmp")
                            .ok()
                            .out()
                            .equals("6 flows killed\n"));
            assertEquals("no flows\n", daemon.run("flows --proto icmp").ok().out());
            assertTrue(spaces.pings(0, "10.78.0.2"), "a killed flow came not back");

            daemon.run("add-rule see2 in --id no block proto icmp").ok();
            assertFalse(spaces.pings(0, "10.78.0.2"));
            final String last = daemon.run("drops --last 3").ok().out();
            assertEquals(
                    3,
                    last.lines()
                            .filter(line -> line.contains("see2/acl/in/no"))
                            .filter(line -> line.contains("icmp 10.78.0.1 > 10.78.0.2 type 8"))
                            .count(),
                    last);
            assertTrue(
                    daemon.run("drops --by rule")
                            .ok()
                            .out()
                            .contains("3  see2 acl.in no \"block proto icmp\""));
        }
    }
}

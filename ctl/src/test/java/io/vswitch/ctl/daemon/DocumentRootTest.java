package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A document, the real daemon and the kernel's ping. */
@Tag("root")
@Tag("long")
class DocumentRootTest {
    private static final String DOCUMENT =
            """
            networks:
              red: {subnet: 10.78.0.0/24}
            ports:
              a: {network: red, netns: %s, addresses: [10.78.0.1/24]}
              b:
                network: red
                netns: %s
                addresses: [10.78.0.2/24]
                layers: {acl: {groups: {in: {rules: ['%s proto icmp']}}}}
            """;

    @TempDir private Path directory;

    private Run run(final DaemonProcess daemon, final String command, final String text)
            throws IOException {
        return daemon.run(command + " -f " + Files.writeString(directory.resolve("p.yaml"), text));
    }

    @Test
    void shouldMakeTheHostWhatTheDocumentSays() throws Exception {
        try (Namespaces spaces = new Namespaces(2)) {
            final String allow = DOCUMENT.formatted(spaces.name(0), spaces.name(1), "allow");
            final String block = DOCUMENT.formatted(spaces.name(0), spaces.name(1), "block");
            try (DaemonProcess daemon = new DaemonProcess(directory)) {
                run(daemon, "apply", allow).ok();
                assertTrue(spaces.pings(0, "10.78.0.2"), daemon.log());
                run(daemon, "apply", block).ok();
                assertFalse(spaces.pings(0, "10.78.0.2"));

                final Run bad = run(daemon, "apply", allow.replace("proto icmp", "prto icmp"));
                assertEquals(
                        "vswitchctl: "
                                + directory.resolve("p.yaml")
                                + ":9: ports.b.layers.acl.groups.in.rules[0]: unknown field 'prto'"
                                + " at word 2; did you mean 'proto'?\n",
                        bad.err());
                assertEquals(2, bad.code());
                assertFalse(spaces.pings(0, "10.78.0.2"));
                daemon.kill();
            }
            try (DaemonProcess daemon = new DaemonProcess(directory)) {
                assertEquals("nothing to change\n", run(daemon, "apply", block).ok().out());
                run(daemon, "apply", allow).ok();
                assertTrue(spaces.pings(0, "10.78.0.2"), daemon.log());
                run(daemon, "apply --prune", "{networks: {}, ports: {}}").ok();
                assertFalse(spaces.in(0, "ip link").contains("eth0"));
                daemon.terminate();
            }
        }
    }
}

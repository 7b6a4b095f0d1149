package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NetworkNamespaceTest {
    private static String refusal(final String reference) {
        return assertThrows(SwitchException.class, () -> NetworkNamespace.open(reference))
                .getMessage();
    }

    @Test
    void shouldNameWhereItLookedWhenThereIsNone() {
        assertEquals(
                "network namespace 'nosuch' not found: no /run/netns/nosuch", refusal("nosuch"));
        assertEquals(
                "network namespace '99999999' not found: neither /run/netns/99999999 nor"
                        + " /proc/99999999/ns/net",
                refusal("99999999"));
        assertEquals(
                "network namespace '/run/netns/nosuch' not found: no /run/netns/nosuch",
                refusal("/run/netns/nosuch"));
    }

    @Test
    void shouldRefuseNamesThatLeaveTheDirectory() {
        for (final String reference : new String[] {"", ".", "..", "../x", "a/b"}) {
            assertTrue(refusal(reference).contains("allowed: a name in /run/netns"), reference);
        }
    }

    @Test
    @Tag("root")
    void shouldRunInsideByNamePidAndPathAndLeaveTheCallerWhereItWas() {
        try (TestNamespace target = new TestNamespace()) {
            target.ip("link", "add", "inhere", "type", "veth", "peer", "name", "p0");
            final Shell.Started sleeper = target.start("sleep", "20");
            try {
                // ip netns exec enters the namespace and then becomes the command.
                final String pid = Long.toString(sleeper.process.pid());
                awaitInside(pid, target);
                for (final String reference :
                        new String[] {target.name, pid, "/run/netns/" + target.name}) {
                    final NetworkNamespace namespace = NetworkNamespace.open(reference);
                    assertTrue(namespace.call(() -> Interface.index("inhere")) > 0);
                }
            } finally {
                sleeper.process.destroyForcibly();
                Shell.await(sleeper);
            }
            final String outside =
                    assertThrows(SwitchException.class, () -> Interface.index("inhere"))
                            .getMessage();
            assertEquals("look up device inhere: No such device", outside);
        }
    }

    private static void awaitInside(final String pid, final TestNamespace target) {
        final Object identity = NetworkNamespace.identity(target.namespace().path());
        for (int i = 0; i < 100; i++) {
            if (identity.equals(NetworkNamespace.identity(NetworkNamespace.open(pid).path()))) {
                return;
            }
            try {
                Thread.sleep(20);
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    @Tag("root")
    void shouldReportFailuresOfTheTaskToTheCaller() {
        try (TestNamespace target = new TestNamespace()) {
            final NetworkNamespace namespace = target.namespace();
            final SwitchException e =
                    assertThrows(
                            SwitchException.class,
                            () -> namespace.call(() -> Interface.mtu("nosuch")));
            assertEquals("read MTU of nosuch: No such device", e.getMessage());
        }
    }
}

package io.vswitch.ctl.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jgroups.protocols.DISCARD;
import org.jgroups.protocols.TP;
import org.jgroups.stack.ProtocolStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real groups over loopback: joining, leaving, dying, parting and merging, and who may not. */
@Tag("long")
class JGroupsDirectoryTest {
    private static final int WAIT_MS = 90_000;

    /** A quarter of the default: failures and the other side of a partition are waited for. */
    private static final Timers TIMERS = new Timers(2_000);

    @TempDir private Path directory;
    private final List<JGroupsDirectory> open = new ArrayList<>();
    private final List<InetSocketAddress> hosts = new ArrayList<>();
    private DirectoryKey key;

    @BeforeEach
    void prepare() throws IOException {
        key = key("0123456789abcdef");
        for (int i = 0; i < 3; i++) {
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                hosts.add(
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), free.getLocalPort()));
            }
        }
    }

    private DirectoryKey key(final String secret) throws IOException {
        final Path file = directory.resolve(secret);
        Files.writeString(file, secret);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return DirectoryKey.read(file);
    }

    @AfterEach
    void close() {
        open.forEach(JGroupsDirectory::close);
    }

    private JGroupsDirectory join(final int host, final DirectoryKey secret) {
        final JGroupsDirectory joined =
                JGroupsDirectory.open(
                        "node" + host,
                        new DirectoryAddress(hosts.get(host), hosts),
                        secret,
                        TIMERS);
        open.add(joined);
        publish(joined, host, 1);
        return joined;
    }

    private static void publish(final JGroupsDirectory of, final int host, final long generation) {
        final String vtep = "192.0.2." + host;
        of.publish(
                List.of(new Membership(7, vtep)),
                List.of(
                        new Endpoint(
                                7,
                                "02:00:00:00:00:0" + host,
                                List.of("10.0.0." + host),
                                vtep,
                                generation)));
    }

    private static Set<String> known(final Directory directory) {
        return directory.hosts().stream()
                .flatMap(host -> host.endpoints().stream())
                .map(endpoint -> endpoint.mac() + " " + endpoint.generation())
                .collect(Collectors.toSet());
    }

    private static Set<String> expected(final int... hostsAndGenerations) {
        final Set<String> expected = new HashSet<>();
        for (int i = 0; i < hostsAndGenerations.length; i += 2) {
            expected.add(
                    "02:00:00:00:00:0" + hostsAndGenerations[i] + " " + hostsAndGenerations[i + 1]);
        }
        return expected;
    }

    private static void eventually(final BooleanSupplier condition, final Directory at)
            throws InterruptedException {
        final long end = System.nanoTime() + WAIT_MS * 1_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, () -> known(at).toString());
            Thread.sleep(20);
        }
    }

    private void allKnow(final Set<String> what) throws InterruptedException {
        for (final JGroupsDirectory each : open) {
            eventually(() -> known(each).equals(what), each);
        }
    }

    @Test
    void shouldTellEachOtherWhenHostsJoinChangeAndLeave() throws InterruptedException {
        final JGroupsDirectory first = join(0, key);
        join(1, key);
        join(2, key);
        allKnow(expected(0, 1, 1, 1, 2, 1));
        publish(first, 0, 9);
        allKnow(expected(0, 9, 1, 1, 2, 1));
        first.close();
        open.remove(first);
        allKnow(expected(1, 1, 2, 1));
        join(0, key);
        allKnow(expected(0, 1, 1, 1, 2, 1));
    }

    @Test
    void shouldCallTheListenerWhenSomethingIsNew() throws InterruptedException {
        final JGroupsDirectory first = join(0, key);
        final List<Integer> calls = Collections.synchronizedList(new ArrayList<>());
        first.onChange(() -> calls.add(first.hosts().size()));
        join(1, key);
        eventually(() -> calls.contains(2), first);
    }

    @Test
    void shouldAgreeAgainAfterAPartition() throws Exception {
        join(0, key);
        final JGroupsDirectory second = join(1, key);
        final JGroupsDirectory third = join(2, key);
        allKnow(expected(0, 1, 1, 1, 2, 1));
        final DISCARD wall = new DISCARD();
        wall.discardAll(true);
        third.channel()
                .getProtocolStack()
                .insertProtocol(wall, ProtocolStack.Position.ABOVE, TP.class);
        eventually(() -> third.channel().getView().size() == 1, third);
        eventually(() -> second.channel().getView().size() == 2, second);
        publish(third, 2, 5);
        publish(second, 1, 6);
        eventually(() -> known(second).equals(expected(0, 1, 1, 6)), second);
        third.channel().getProtocolStack().removeProtocol(DISCARD.class);
        allKnow(expected(0, 1, 1, 6, 2, 5));
    }

    @Test
    void shouldKeepOutWhoHasAnotherKey() throws Exception {
        final JGroupsDirectory first = join(0, key);
        final JGroupsDirectory stranger = join(1, key("another secret!!"));
        join(2, key);
        eventually(() -> known(first).equals(expected(0, 1, 2, 1)), first);
        assertEquals(expected(1, 1), known(stranger));
        assertEquals(2, first.channel().getView().size());
    }
}

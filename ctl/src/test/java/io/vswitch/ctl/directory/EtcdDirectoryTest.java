package io.vswitch.ctl.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real etcd on loopback: joining, leaving, partition, restart, compaction, and who may not. */
@Tag("long")
class EtcdDirectoryTest {
    private static final int WAIT_MS = 90_000;

    /** Short: a lease that ends is waited for. */
    private static final Timers TIMERS = new Timers(1_600);

    @TempDir private Path directory;
    private final List<EtcdDirectory> open = new ArrayList<>();
    private EtcdProcess etcd;
    private Cable cable;
    private int port;
    private DirectoryKey key;

    @BeforeEach
    void prepare() throws Exception {
        key = key("0123456789abcdef");
        port = EtcdProcess.freePort();
        etcd = new EtcdProcess(directory, List.of(), "127.0.0.1", port);
        cable = new Cable(port);
    }

    @AfterEach
    void close() throws IOException {
        open.forEach(EtcdDirectory::close);
        if (etcd != null) {
            etcd.close();
            cable.close();
        }
    }

    private DirectoryKey key(final String secret) throws IOException {
        final Path file = directory.resolve(secret);
        Files.writeString(file, secret);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return DirectoryKey.read(file);
    }

    private EtcdDirectory join(final int host, final int at, final DirectoryKey secret) {
        final EtcdDirectory joined =
                EtcdDirectory.open(
                        "node" + host,
                        EtcdAddress.parse("etcd://127.0.0.1:" + at, false),
                        null,
                        secret,
                        TIMERS);
        open.add(joined);
        publish(joined, host, 1);
        return joined;
    }

    private static void publish(final Directory of, final int host, final long generation) {
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
        for (final EtcdDirectory each : open) {
            eventually(() -> known(each).equals(what), each);
        }
    }

    @Test
    void shouldTellEachOtherWhenHostsJoinChangeLeaveAndCantReadAnotherKey() throws Exception {
        final EtcdDirectory first = join(0, port, key);
        join(1, port, key);
        allKnow(expected(0, 1, 1, 1));
        publish(first, 0, 9);
        allKnow(expected(0, 9, 1, 1));
        final EtcdDirectory stranger = join(2, port, key("another secret!!"));
        open.remove(stranger);
        eventually(() -> known(stranger).equals(expected(2, 1)), stranger);
        publish(first, 0, 10);
        allKnow(expected(0, 10, 1, 1));
        assertEquals(expected(2, 1), known(stranger));
        stranger.close();
        first.close();
        open.remove(first);
        allKnow(expected(1, 1));
        join(0, port, key);
        allKnow(expected(0, 1, 1, 1));
    }

    @Test
    void shouldForgetWhoIsCutOffAndAgreeAgainAfterThePartition() throws Exception {
        final EtcdDirectory first = join(0, port, key);
        final EtcdDirectory second = join(1, cable.port(), key);
        allKnow(expected(0, 1, 1, 1));
        cable.cut();
        eventually(() -> known(first).equals(expected(0, 1)), first);
        assertEquals(expected(0, 1, 1, 1), known(second));
        publish(first, 0, 5);
        publish(second, 1, 6);
        eventually(() -> known(second).equals(expected(0, 1, 1, 6)), second);
        etcd.compact();
        cable.mend();
        allKnow(expected(0, 5, 1, 6));
    }

    @Test
    void shouldHoldWhatIsKnownAndGoOnWhenEtcdRestartsOrLosesAll() throws Exception {
        final EtcdDirectory first = join(0, port, key);
        join(1, port, key);
        allKnow(expected(0, 1, 1, 1));
        etcd.kill();
        publish(first, 0, 5);
        eventually(() -> known(first).equals(expected(0, 5, 1, 1)), first);
        etcd.start();
        allKnow(expected(0, 5, 1, 1));
        etcd.kill();
        try (var files = Files.walk(directory.resolve("etcd"))) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        }
        etcd.start();
        join(2, port, key);
        publish(first, 0, 6);
        allKnow(expected(0, 6, 1, 1, 2, 1));
    }
}

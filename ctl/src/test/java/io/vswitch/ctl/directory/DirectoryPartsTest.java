package io.vswitch.ctl.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages, addresses, keys and what is remembered of hosts. */
class DirectoryPartsTest {
    private static final HostState STATE =
            new HostState(
                    "n",
                    5,
                    List.of(new Membership(7, "192.0.2.1")),
                    List.of(
                            new Endpoint(
                                    7, "02:00:00:00:00:0a", List.of("fd00::1"), "192.0.2.1", 3)));

    @TempDir private Path directory;

    @Test
    void shouldReadWhatItWroteAndNothingElse() throws IOException {
        final StateCodec codec = new StateCodec(new byte[] {1});
        final byte[] message = codec.encode(STATE);
        assertEquals(STATE, codec.decode(message));
        for (int i = 0; i < message.length; i++) {
            final byte[] damaged = message.clone();
            damaged[i] ^= 1;
            assertThrows(IOException.class, () -> codec.decode(damaged));
        }
        final byte[] cut = Arrays.copyOf(message, 20);
        assertThrows(IOException.class, () -> codec.decode(cut));
        assertThrows(IOException.class, () -> new StateCodec(new byte[] {2}).decode(message));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "etcd:127.0.0.1 | --directory 'etcd:127.0.0.1'; allowed are jgroups:IP[:PORT],...,"
                        + " jgroups:multicast@IP and etcd://HOST[:PORT],...",
                "jgroups:192.0.2.77 | --directory 'jgroups:192.0.2.77': none of the addresses is"
                        + " this host's own; it has to be among them",
                "jgroups: | --directory address '': not an IPv4 or IPv6 address",
                "jgroups:127.0.0.1:0 | --directory port '0'; allowed are 1 to 65535",
                "jgroups:127.0.0.1:x | --directory port 'x'; allowed are 1 to 65535",
                "jgroups:localhost | --directory address 'localhost': not an IPv4 or IPv6 address",
            })
    void shouldRefuseAddressesInOneLine(final String text, final String line) {
        final Refusal refusal = assertThrows(Refusal.class, () -> DirectoryAddress.parse(text));
        assertEquals(line, refusal.getMessage());
    }

    @Test
    void shouldKnowWhichAddressIsOurs() {
        final DirectoryAddress address =
                DirectoryAddress.parse("jgroups:192.0.2.77,127.0.0.1:99,[::1]:98");
        assertEquals("127.0.0.1", address.own().getAddress().getHostAddress());
        assertEquals(99, address.own().getPort());
        assertEquals(3, address.hosts().size());
        assertEquals(98, address.hosts().get(2).getPort());
        assertEquals(DirectoryAddress.DEFAULT_PORT, address.hosts().get(0).getPort());
        assertTrue(DirectoryAddress.parse("jgroups:multicast@127.0.0.1").hosts().isEmpty());
    }

    @Test
    void shouldRefuseKeysThatAreShortOrOpen() throws IOException {
        final Path file = directory.resolve("key");
        assertThrows(Refusal.class, () -> DirectoryKey.read(file));
        Files.writeString(file, "0123456789abcde\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertEquals(
                "--directory-key '" + file + "' has 15 bytes; allowed are 16 to 4096",
                assertThrows(Refusal.class, () -> DirectoryKey.read(file)).getMessage());
        Files.writeString(file, "0123456789abcdef\n");
        assertFalse(
                Arrays.equals(
                        DirectoryKey.read(file).derive("a"), DirectoryKey.read(file).derive("b")));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(
                "--directory-key '" + file + "' can be read by everybody; chmod 600 it",
                assertThrows(Refusal.class, () -> DirectoryKey.read(file)).getMessage());
    }

    @Test
    void shouldRememberAHostForAWhileWhenItIsLost() {
        final HostStates states = new HostStates(1000);
        assertTrue(states.put(STATE));
        assertFalse(states.put(STATE));
        states.left("n", 0);
        assertFalse(states.expire(999_999_999));
        assertEquals(1, states.all().size());
        states.put(STATE);
        assertFalse(states.expire(5_000_000_000L));
        states.left("n", 5_000_000_000L);
        assertTrue(states.expire(6_000_000_000L));
        assertEquals(0, states.all().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "host:0", "host:65536", "host:x", "host/path", "u@host"})
    void shouldRefuseWhenAServerIsNone(final String server) {
        assertThrows(Refusal.class, () -> EtcdAddress.parse("etcd://" + server, false));
    }
}

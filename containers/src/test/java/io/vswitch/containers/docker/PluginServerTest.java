package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.containers.SwitchClient;
import io.vswitch.containers.UnixServer;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin's socket as the engine uses it, byte by byte, without an engine and a switch. */
class PluginServerTest {
    @TempDir private Path directory;
    private SwitchClient vswitch;
    private UnixServer server;

    @BeforeEach
    void start() throws IOException {
        final Records records = new Records(directory.resolve("records"));
        vswitch = new SwitchClient(directory.resolve("vswitchd.sock"), null);
        server =
                UnixServer.start(
                        directory.resolve("plugins/vswitch.sock"),
                        new PluginHandler(
                                new NetworkDriver(records, vswitch, new HostNetwork(records))));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        vswitch.close();
    }

    /** Status and body of an answer to what Docker 20.10 sends, to the letter. */
    private String post(final String method, final String body) throws IOException {
        final String request =
                "POST /%s HTTP/1.1\r\nHost: \r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: %d\r\n"
                                .formatted(method, body.length())
                        + "Accept: application/vnd.docker.plugins.v1.2+json\r\n"
                        + "Connection: close\r\n\r\n"
                        + body;
        try (SocketChannel channel =
                SocketChannel.open(
                        UnixDomainSocketAddress.of(directory.resolve("plugins/vswitch.sock")))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            final String answer =
                    new String(
                            Channels.newInputStream(channel).readAllBytes(),
                            StandardCharsets.UTF_8);
            return answer.substring(9, 12) + answer.substring(answer.indexOf("\r\n\r\n") + 3);
        }
    }

    @Test
    void shouldActivateWhenTheHostHeaderIsBlank() throws IOException {
        assertEquals(
                "200\n{\"Implements\":[\"NetworkDriver\",\"IpamDriver\"]}",
                post("Plugin.Activate", ""));
        assertEquals(
                "{\"ConnectivityScope\":\"local\",\"Scope\":\"local\"}",
                sorted(post("NetworkDriver.GetCapabilities", "")));
    }

    /** The fields of an answer in order. */
    private static String sorted(final String answer) {
        final String body = answer.substring(4);
        final String[] fields = body.substring(1, body.length() - 1).split(",");
        java.util.Arrays.sort(fields);
        return "{" + String.join(",", fields) + "}";
    }

    @Test
    void shouldAnswerOneSentenceWhenTheRequestIsNoJson() throws IOException {
        final String answer = post("NetworkDriver.CreateNetwork", "{\"NetworkID\":");

        assertTrue(
                answer.startsWith("200\n{\"Err\":\"bad JSON in /NetworkDriver.CreateNetwork: "),
                answer);
        assertTrue(!answer.contains("\\n"), answer);
    }

    @Test
    void shouldRefuseAnIdThatWouldBeAPath() throws IOException {
        assertEquals(
                "200\n{\"Err\":\"id '../../../etc/x'; allowed are 12 to 64 letters and digits\"}",
                post("NetworkDriver.CreateNetwork", "{\"NetworkID\":\"../../../etc/x\"}"));
    }

    @Test
    void shouldRefuseWhenTheBodyIsTooLarge() throws IOException {
        final String answer =
                post("NetworkDriver.Join", "{\"NetworkID\":\"" + "x".repeat(1 << 20) + "\"}");

        assertEquals("200\n{\"Err\":\"request of more than 1048576 bytes\"}", answer);
    }

    @Test
    void shouldSayThatTheSwitchIsDown() throws IOException {
        final String answer =
                post(
                        "NetworkDriver.CreateNetwork",
                        "{\"NetworkID\":\"0123456789abcdef\",\"Options\":{},\"IPv4Data\":[{\"Pool\":"
                            + "\"10.0.0.0/24\",\"Gateway\":\"10.0.0.1/24\"}],\"Future\":1}");

        assertTrue(answer.startsWith("200\n{\"Err\":\"vswitchd is not running (no socket"), answer);
    }

    @Test
    void shouldSayThatTheNetworkOfAnEndpointIsNotKnown() throws IOException {
        assertEquals(
                "200\n{\"Err\":\"endpoint 0123456789ab is not on network fedcba987654\"}",
                post(
                        "NetworkDriver.Join",
                        "{\"NetworkID\":\"fedcba9876543210\",\"EndpointID\":\"0123456789abcdef\","
                                + "\"SandboxKey\":\"/var/run/docker/netns/x\"}"));
    }

    @Test
    void shouldAnswer404WhenTheMethodIsNotKnown() throws IOException {
        assertTrue(post("NetworkDriver.Fly", "").startsWith("404\n"));
    }

    @Test
    void shouldRemoveWithoutComplaintWhatIsNotThere() throws IOException {
        for (final String method : new String[] {"DeleteNetwork", "DeleteEndpoint", "Leave"}) {
            assertEquals(
                    "200\n{}",
                    post(
                            "NetworkDriver." + method,
                            "{\"NetworkID\":\"fedcba9876543210\",\"EndpointID\":\"0123456789ab\"}"));
        }
    }
}

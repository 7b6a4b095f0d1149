package io.vswitch.ctl.directory;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's etcd, one member; killed on close. */
public final class EtcdProcess implements AutoCloseable {
    private static final int WAIT_SECONDS = 60;
    private static final Path PROGRAM = Path.of("/usr/bin/etcd");

    private final List<String> command = new ArrayList<>();
    private final Path log;
    private final String url;
    private Process process;

    /**
     * Starts it.
     *
     * @param prefix words before the command, as of {@code ip netns exec}.
     * @param address where it listens.
     * @param port for clients; that for other members is one higher.
     */
    public EtcdProcess(
            final Path directory, final List<String> prefix, final String address, final int port)
            throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PROGRAM), "SKIPPED: no /usr/bin/etcd; install etcd-server");
        url = "http://" + address + ":" + port;
        final String peers = "http://" + address + ":" + (port + 1);
        log = directory.resolve("etcd.log");
        command.addAll(prefix);
        command.addAll(
                List.of(
                        PROGRAM.toString(),
                        "--data-dir=" + directory.resolve("etcd"),
                        "--listen-client-urls=" + url,
                        "--advertise-client-urls=" + url,
                        "--listen-peer-urls=" + peers,
                        "--initial-advertise-peer-urls=" + peers,
                        "--initial-cluster=default=" + peers));
        start();
    }

    /** A port that is free, and the one above it too. */
    public static int freePort() throws IOException {
        while (true) {
            try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    ServerSocket second =
                            new ServerSocket(
                                    first.getLocalPort() + 1,
                                    1,
                                    InetAddress.getLoopbackAddress())) {
                return second.getLocalPort() - 1;
            } catch (final IOException e) {
                Thread.onSpinWait();
            }
        }
    }

    /** Starts it, on the data that it had, and waits until it has said that it serves clients. */
    public void start() throws IOException, InterruptedException {
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!Files.readString(log).contains("serving insecure client requests")) {
            if (!process.isAlive() || System.nanoTime() > end) {
                kill();
                throw new AssertionError("etcd doesn't start: " + Files.readString(log));
            }
            Thread.sleep(20);
        }
    }

    /** Forgets all history up to now; those who watch from before have to read anew. */
    void compact() throws IOException, InterruptedException {
        final HttpClient http = HttpClient.newHttpClient();
        final String range = post(http, "range", "{\"key\":\"AA==\"}");
        final String revision = range.replaceAll(".*\"revision\":\"(\\d+)\".*", "$1");
        post(http, "compaction", "{\"revision\":\"" + revision + "\"}");
    }

    private String post(final HttpClient http, final String what, final String body)
            throws IOException, InterruptedException {
        final HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(URI.create(url + "/v3/kv/" + what))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.body());
        }
        return answer.body();
    }

    /** kill -9. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}

package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * What happens in the engine, as it tells it: a thread that reads its stream of events, and begins
 * anew when that ends. An event says that something is other than before, no more: what was missed
 * while the engine was away is found by looking.
 */
final class EngineEvents implements AutoCloseable {
    private static final String FILTERS = "{\"type\":[\"container\",\"network\",\"service\"]}";
    private static final int ANSWER_SECONDS = 10;
    private static final int RETRY_MS = 1_000;
    private static final int MAX_THREADS = 4;

    private final Path socket;
    private final Runnable listener;
    private final HttpClient http;
    private final Thread thread = new Thread(this::run, "engine-events");

    private EngineEvents(final Path socket, final Runnable listener) {
        this.socket = socket;
        this.listener = listener;
        final ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        final QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        connector.setExecutor(threads);
        http = new HttpClient(new HttpClientTransportOverHTTP(connector));
    }

    /** Tells a listener of each event from now on, on a thread of its own. */
    static EngineEvents start(final Path socket, final Runnable listener) {
        final EngineEvents events = new EngineEvents(socket, listener);
        try {
            events.http.start();
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
        events.thread.setDaemon(true);
        events.thread.start();
        return events;
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                listen();
            } catch (final IOException | ExecutionException | TimeoutException e) {
                pause();
            } catch (final InterruptedException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(RETRY_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen()
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        final InputStreamResponseListener answer = new InputStreamResponseListener();
        http.newRequest(
                        "http://localhost/events?filters="
                                + URLEncoder.encode(FILTERS, StandardCharsets.UTF_8))
                .transport(new Transport.TCPUnix(socket))
                .idleTimeout(0, TimeUnit.SECONDS)
                .send(answer);
        try (InputStream in = answer.getInputStream();
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            if (answer.get(ANSWER_SECONDS, TimeUnit.SECONDS).getStatus() != 200) {
                throw new IOException("no events");
            }
            listener.run();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.contains("\"exec_")) {
                    listener.run();
                }
            }
        }
        pause();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            http.stop();
        } catch (final Exception e) {
            throw Refusal.failure("the engine's events can't be closed: " + e.getMessage());
        }
    }
}

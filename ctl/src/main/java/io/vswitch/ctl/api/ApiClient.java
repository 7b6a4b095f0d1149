package io.vswitch.ctl.api;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.CompletableResponseListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A client of the control API; one thread at a time. */
public final class ApiClient implements AutoCloseable {
    private static final int MAX_ANSWER = 256 * 1024 * 1024;
    private static final int MAX_THREADS = 8;

    private final Path socket;
    private final int timeoutSeconds;
    private final HttpClient http;

    /**
     * Connects with the first request.
     *
     * @param timeoutSeconds longest wait for an answer.
     */
    public ApiClient(final Path socket, final int timeoutSeconds) {
        this.socket = socket;
        this.timeoutSeconds = timeoutSeconds;
        final ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        final QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        connector.setExecutor(threads);
        http = new HttpClient(new HttpClientTransportOverHTTP(connector));
        http.setFollowRedirects(false);
        try {
            http.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** JSON that answers a reading request; refuses as the daemon does. */
    public byte[] get(final String pathAndQuery) {
        return exchange(request(pathAndQuery));
    }

    /** JSON that answers a request with a body. */
    public byte[] post(final String path, final byte[] body) {
        return exchange(request(path, body));
    }

    /** Has the daemon carry out all changes or none. */
    public Views.Applied apply(final List<Change> changes) {
        return apply(changes, null);
    }

    /**
     * The same in somebody's name.
     *
     * @param owner of layers, or null.
     */
    public Views.Applied apply(final List<Change> changes, final String owner) {
        final String query =
                owner == null ? "" : "?owner=" + URLEncoder.encode(owner, StandardCharsets.UTF_8);
        final byte[] answer = post("/v1/changes" + query, Json.writeChanges(changes));
        try {
            return Json.read(answer, Views.Applied.class);
        } catch (IOException e) {
            throw Refusal.failure("vswitchd's answer can't be read: " + e.getMessage());
        }
    }

    /** Copies an answer of unknown length, as it comes; returns its bytes. */
    public long stream(final String path, final byte[] body, final Target target)
            throws IOException {
        final InputStreamResponseListener listener = new InputStreamResponseListener();
        request(path, body).idleTimeout(0, TimeUnit.SECONDS).send(listener);
        try (InputStream in = listener.getInputStream()) {
            final Response response = listener.get(timeoutSeconds, TimeUnit.SECONDS);
            if (response.getStatus() != 200) {
                throw problem(response.getStatus(), in.readNBytes(64 * 1024));
            }
            try (OutputStream out = target.open()) {
                return in.transferTo(out);
            }
        } catch (ExecutionException e) {
            throw unreachable(e.getCause());
        } catch (TimeoutException e) {
            throw slow();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Where a streamed answer goes; opened when the daemon has agreed. */
    @FunctionalInterface
    public interface Target {
        OutputStream open() throws IOException;
    }

    private Request request(final String pathAndQuery) {
        return http.newRequest("http://localhost" + pathAndQuery)
                .transport(new Transport.TCPUnix(socket));
    }

    private Request request(final String path, final byte[] body) {
        return request(path)
                .method(HttpMethod.POST)
                .body(new BytesRequestContent("application/json", body));
    }

    private byte[] exchange(final Request request) {
        try {
            final ContentResponse response =
                    new CompletableResponseListener(request, MAX_ANSWER)
                            .send()
                            .get(timeoutSeconds, TimeUnit.SECONDS);
            if (response.getStatus() != 200) {
                throw problem(response.getStatus(), response.getContent());
            }
            return response.getContent();
        } catch (ExecutionException e) {
            throw unreachable(e.getCause());
        } catch (TimeoutException e) {
            throw slow();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private Refusal problem(final int status, final byte[] body) {
        try {
            final Views.Problem problem = Json.read(body, Views.Problem.class);
            return "usage".equals(problem.kind())
                    ? Refusal.usage(problem.error())
                    : Refusal.failure(problem.error());
        } catch (IOException e) {
            return Refusal.failure(
                    socket + " answered with HTTP status " + status + ", not as vswitchd does");
        }
    }

    private Refusal unreachable(final Throwable cause) {
        if (Files.notExists(socket)) {
            return notRunning("no socket at " + socket);
        }
        if (!Files.exists(socket)) {
            return Access.denied(socket);
        }
        for (Throwable t = cause; t != null; t = t.getCause()) {
            final String text = String.valueOf(t.getMessage());
            if (t instanceof AccessDeniedException || text.contains("Permission denied")) {
                return Access.denied(socket);
            }
            if (t instanceof ConnectException || text.contains("Connection refused")) {
                return notRunning("nobody listens at " + socket);
            }
        }
        return Refusal.failure("talking to " + socket + " failed: " + cause);
    }

    private static Refusal notRunning(final String why) {
        return Refusal.failure(
                "vswitchd is not running (" + why + "); start it with `vswitchctl daemon start`");
    }

    private Refusal slow() {
        return Refusal.failure(
                "vswitchd didn't answer within "
                        + timeoutSeconds
                        + " s at "
                        + socket
                        + "; `vswitchctl stats --file` reads its counters without it");
    }

    private static Refusal interrupted() {
        Thread.currentThread().interrupt();
        return Refusal.failure("interrupted");
    }

    @Override
    public void close() {
        try {
            http.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.vswitch.ctl.api;

import com.fasterxml.jackson.core.JacksonException;
import io.vswitch.core.engine.SwitchException;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request of the control API: checks the peer, routes, answers JSON. Runs on Jetty's threads.
 */
final class ApiHandler extends Handler.Abstract {
    /** Longest body of a request, bytes. */
    static final int MAX_BODY = 16 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);

    private final Api api;
    private final Peer peer;

    ApiHandler(final Api api, final Peer peer) {
        this.api = api;
        this.peer = peer;
    }

    @Override
    public boolean handle(final Request request, final Response response, final Callback callback) {
        try {
            if (!isAllowed(request)) {
                problem(
                        response,
                        callback,
                        403,
                        "permission denied: not root, nor in the group of the socket",
                        "failure");
                return true;
            }
            answer(request, response, callback);
        } catch (final IOException | RuntimeException e) {
            refuse(request, response, callback, e);
        }
        return true;
    }

    private static void refuse(
            final Request request,
            final Response response,
            final Callback callback,
            final Exception e) {
        if (e instanceof Refusal refusal) {
            final boolean usage = refusal.kind() == Refusal.Kind.USAGE;
            final String kind = usage ? "usage" : "failure";
            problem(response, callback, usage ? 400 : 409, e.getMessage(), kind);
        } else if (e instanceof SwitchException) {
            problem(response, callback, 409, e.getMessage(), "failure");
        } else if (e instanceof JacksonException json) {
            final String line = firstLine(json.getOriginalMessage());
            problem(response, callback, 400, "bad JSON: " + line, "usage");
        } else if (e instanceof CharacterCodingException) {
            problem(response, callback, 400, "the document is not UTF-8", "usage");
        } else if (e instanceof IOException) {
            problem(response, callback, 500, firstLine(e.getMessage()), "failure");
        } else {
            LOG.error("{} {} failed", request.getMethod(), request.getHttpURI().getPath(), e);
            problem(
                    response,
                    callback,
                    500,
                    "internal error: " + firstLine(e.toString()),
                    "failure");
        }
    }

    private boolean isAllowed(final Request request) throws IOException {
        final Object transport =
                request.getConnectionMetaData().getConnection().getEndPoint().getTransport();
        return transport instanceof SocketChannel channel && peer.isAllowed(channel);
    }

    private void answer(final Request request, final Response response, final Callback callback)
            throws IOException {
        final String path = Request.getPathInContext(request);
        final String route = request.getMethod() + " " + path;
        if (route.equals("POST /v1/capture")) {
            capture(request, response, callback);
            return;
        }
        final Fields query = Request.extractQueryParameters(request);
        final Object answer =
                route.startsWith("GET ") ? read(path, query) : act(route, request, query);
        if (answer == null) {
            problem(response, callback, 404, "no such request: " + route, "usage");
        } else {
            json(response, callback, 200, Json.write(answer));
        }
    }

    /** What is to be seen at a path; null when there is no such path. */
    private Object read(final String path, final Fields query) {
        return switch (path) {
            case "/v1/document" -> api.exportDocument();
            case "/v1/status" -> api.status();
            case "/v1/overview" -> api.overview();
            case "/v1/ports" -> api.ports();
            case "/v1/networks" -> api.networks();
            case "/v1/tags" -> api.tags();
            case "/v1/pools" -> api.pools();
            case "/v1/load-balancers" -> api.balancers();
            case "/v1/rules" -> api.policies(query.getValue("port"));
            case "/v1/stats" -> api.stats();
            case "/v1/drops" -> api.drops();
            case "/v1/drops/sums" -> api.dropSums(query.getValue("by"));
            case "/v1/drops/last" -> api.lastDrops(query.getValue("limit"));
            case "/v1/audits" -> api.lastAudited(query.getValue("limit"));
            case "/v1/meters" -> api.meters();
            case "/v1/macs" -> api.macs(query.getValue("network"));
            case "/v1/routers" -> api.routers();
            case "/v1/directory" -> api.directory();
            case "/v1/peers" -> api.peers(query.getValue("network"));
            case "/v1/neighbours" -> api.neighbours(query.getValue("network"));
            default -> null;
        };
    }

    /** Does what a request with a body asks for; null when there is no such request. */
    private Object act(final String route, final Request request, final Fields query)
            throws IOException {
        return switch (route) {
            case "POST /v1/changes" ->
                    api.apply(Json.readChanges(body(request)), query.getValue("owner"));
            case "POST /v1/document/apply" -> api.applyDocument(document(request, query));
            case "POST /v1/document/diff" -> api.diffDocument(document(request, query));
            case "POST /v1/flows" -> api.flows(Json.read(body(request), Views.FlowsRequest.class));
            case "POST /v1/flows/pairs" ->
                    api.flowPairs(Json.read(body(request), Views.FlowsRequest.class));
            case "POST /v1/connections" ->
                    api.connections(Json.read(body(request), Views.ConnectionsRequest.class));
            case "POST /v1/flows/kill" ->
                    api.killFlows(Json.read(body(request), Views.KillRequest.class));
            case "POST /v1/directory" ->
                    api.joinDirectory(Json.read(body(request), OverlayViews.JoinRequest.class));
            case "POST /v1/macs/flush" ->
                    api.flushMacs(Json.read(body(request), OverlayViews.FlushRequest.class));
            case "POST /v1/explain" ->
                    api.explain(Json.read(body(request), Views.ExplainRequest.class));
            case "POST /v1/match" -> api.match(Json.read(body(request), Views.MatchRequest.class));
            default -> null;
        };
    }

    private static Views.DocumentRequest document(final Request request, final Fields query)
            throws IOException {
        final String file = query.getValue("file");
        final String text =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(body(request)))
                        .toString();
        return new Views.DocumentRequest(
                file == null ? "document" : file.replaceAll("\\p{Cntrl}", "?"),
                "true".equals(query.getValue("prune")),
                text);
    }

    private void capture(final Request request, final Response response, final Callback callback)
            throws IOException {
        final Views.CaptureRequest what = Json.read(body(request), Views.CaptureRequest.class);
        api.capture(
                what,
                () -> {
                    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-pcapng");
                    return Content.Sink.asOutputStream(response);
                });
        response.write(true, null, callback);
    }

    private static byte[] body(final Request request) throws IOException {
        try (InputStream in = Content.Source.asInputStream(request)) {
            final byte[] body = in.readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                throw Refusal.usage("request is too long; allowed are " + MAX_BODY + " bytes");
            }
            return body;
        }
    }

    private static String firstLine(final String text) {
        return text == null ? "no details" : text.lines().findFirst().orElse("no details");
    }

    private static void problem(
            final Response response,
            final Callback callback,
            final int status,
            final String line,
            final String kind) {
        if (response.isCommitted()) {
            callback.failed(new IOException(line));
            return;
        }
        json(response, callback, status, Json.write(new Views.Problem(line, kind)));
    }

    private static void json(
            final Response response, final Callback callback, final int status, final byte[] body) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}

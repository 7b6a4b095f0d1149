package io.vswitch.containers.docker;

import com.fasterxml.jackson.core.JacksonException;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of the engine: {@code POST /Type.Method} with JSON or nothing. A failure is answered as
 * {@code {"Err": "one sentence"}}, which the engine passes on to its user. Runs on Jetty's threads.
 */
final class PluginHandler extends Handler.Abstract {
    private static final int MAX_BODY = 1024 * 1024;
    private static final String MEDIA_TYPE = "application/vnd.docker.plugins.v1.2+json";
    private static final Logger LOG = LoggerFactory.getLogger(PluginHandler.class);
    static final Map<String, Object> DONE = Map.of();

    /** Calls of vswitchctl begin so. */
    private static final String OWN = "/vswitch/";

    private final NetworkDriver driver;
    private final List<Calls> others;

    /** Calls that are answered otherwise than by the network driver alone. */
    @FunctionalInterface
    interface Calls {
        /** The answer to a call, or null when it isn't one of these. */
        Object call(String method, byte[] body) throws IOException;
    }

    /**
     * @param others are asked first.
     */
    PluginHandler(final NetworkDriver driver, final Calls... others) {
        this.driver = driver;
        this.others = List.of(others);
    }

    @Override
    public boolean handle(final Request request, final Response response, final Callback callback) {
        final String method = request.getHttpURI().getPath();
        int status = 200;
        Object answer;
        try {
            answer = answer(method, body(request));
            if (answer == null) {
                status = 404;
                answer = error(method, "vswitch has no method " + method);
            }
            LOG.debug("{}: {}", method, answer);
        } catch (final Refusal e) {
            LOG.warn("{}: {}", method, e.getMessage());
            answer = error(method, e.getMessage());
        } catch (final JacksonException e) {
            answer =
                    error(
                            method,
                            "bad JSON in " + method + ": " + firstLine(e.getOriginalMessage()));
        } catch (final IOException | RuntimeException e) {
            LOG.error("{} failed", method, e);
            answer = error(method, "internal error in " + method + ": " + firstLine(e.toString()));
        }
        if (method.startsWith(OWN) && answer instanceof Map<?, ?> map && map.containsKey("error")) {
            status = 500;
        }
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, MEDIA_TYPE);
        response.write(true, ByteBuffer.wrap(json(method, answer)), callback);
        return true;
    }

    private static byte[] json(final String method, final Object answer) {
        return method.startsWith(OWN) ? Json.write(answer) : Messages.write(answer);
    }

    /** Address drivers have another key for it, and vswitchctl hears it as of vswitchd. */
    private static Map<String, String> error(final String method, final String text) {
        if (method.startsWith(OWN)) {
            return Map.of("error", text, "kind", "failure");
        }
        return Map.of(method.startsWith("/IpamDriver.") ? "Error" : "Err", text);
    }

    private static byte[] body(final Request request) throws IOException {
        try (InputStream in = Content.Source.asInputStream(request)) {
            final byte[] body = in.readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                throw Refusal.usage("request of more than " + MAX_BODY + " bytes");
            }
            return body;
        }
    }

    private Object answer(final String method, final byte[] body) throws IOException {
        for (final Calls calls : others) {
            final Object answer = calls.call(method, body);
            if (answer != null) {
                return answer;
            }
        }
        return call(method, body);
    }

    private Object call(final String method, final byte[] body) throws IOException {
        switch (method) {
            case "/Plugin.Activate":
                return Map.of("Implements", List.of("NetworkDriver", "IpamDriver"));
            case "/NetworkDriver.GetCapabilities":
                return Map.of("Scope", "local", "ConnectivityScope", "local");
            case "/NetworkDriver.CreateNetwork":
                driver.createNetwork(
                        Messages.read(body, Messages.CreateNetwork.class), false, null);
                return DONE;
            case "/NetworkDriver.CreateEndpoint":
                return driver.createEndpoint(Messages.read(body, Messages.CreateEndpoint.class));
            case "/NetworkDriver.Join":
                return driver.join(Messages.read(body, Messages.Join.class));
            case "/NetworkDriver.ProgramExternalConnectivity":
                driver.publish(Messages.read(body, Messages.Publish.class));
                return DONE;
            case "/NetworkDriver.EndpointOperInfo":
                return Map.of("Value", Map.of());
            case "/vswitch/status":
                return driver.report();
            case "/NetworkDriver.DiscoverNew", "/NetworkDriver.DiscoverDelete":
                return DONE;
            default:
                return remove(method, body);
        }
    }

    private Object remove(final String method, final byte[] body) throws IOException {
        switch (method) {
            case "/NetworkDriver.DeleteNetwork":
                driver.deleteNetwork(reference(body));
                return DONE;
            case "/NetworkDriver.DeleteEndpoint":
                driver.deleteEndpoint(reference(body));
                return DONE;
            case "/NetworkDriver.RevokeExternalConnectivity":
                driver.withdraw(reference(body));
                return DONE;
            case "/NetworkDriver.Leave":
                // DeleteEndpoint or another Join follows; till then a restart finds the device
                // anywhere.
                return DONE;
            default:
                return null;
        }
    }

    private static Messages.Reference reference(final byte[] body) throws IOException {
        return Messages.read(body, Messages.Reference.class);
    }

    private static String firstLine(final String text) {
        return text == null ? "no details" : text.lines().findFirst().orElse("no details");
    }
}

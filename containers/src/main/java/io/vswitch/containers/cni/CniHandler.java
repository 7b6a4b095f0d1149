package io.vswitch.containers.cni;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of the script: the environment as headers, the configuration as the body; what it is to
 * print as the answer, and status 200 for exit code 0. Runs on Jetty's threads.
 */
final class CniHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(CniHandler.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "CNI-";
    private static final int MAX_BODY = 1024 * 1024;
    private static final int INTERNAL = 102;

    private final CniPlugin plugin;

    CniHandler(final CniPlugin plugin) {
        this.plugin = plugin;
    }

    @Override
    public boolean handle(final Request request, final Response response, final Callback callback)
            throws IOException {
        int status = 200;
        Object answer;
        try {
            answer = plugin.run(Call.read(environment(request), body(request)));
        } catch (final CniException e) {
            status = 500;
            answer = error(e.code(), e.getMessage());
            LOG.warn("{}", e.getMessage());
        } catch (final RuntimeException e) {
            status = 500;
            answer = error(INTERNAL, "internal error: " + e);
            LOG.error("call failed", e);
        }
        response.setStatus(status);
        final byte[] text = answer == null ? new byte[0] : JSON.writeValueAsBytes(answer);
        response.write(true, ByteBuffer.wrap(text), callback);
        return true;
    }

    private static Map<String, Object> error(final int code, final String message) {
        final Map<String, Object> error = new LinkedHashMap<>();
        error.put("cniVersion", "1.1.0");
        error.put("code", code);
        error.put("msg", message);
        return error;
    }

    private static Map<String, String> environment(final Request request) {
        final Map<String, String> environment = new HashMap<>();
        for (final HttpField field : request.getHeaders()) {
            final String name = field.getName().toUpperCase(java.util.Locale.ROOT);
            if (name.startsWith(PREFIX) && field.getValue() != null) {
                environment.put(name.replace('-', '_'), field.getValue());
            }
        }
        return environment;
    }

    private static byte[] body(final Request request) throws IOException {
        try (InputStream in = Content.Source.asInputStream(request)) {
            final byte[] body = in.readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                throw new CniException(
                        CniException.BAD_JSON, "configuration of more than " + MAX_BODY + " bytes");
            }
            return body;
        }
    }
}

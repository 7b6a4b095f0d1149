package io.vswitch.containers.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Path;

/** What is asked of the Docker Engine of this host; any thread, one at a time. */
final class Engine implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 10;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path socket;
    private final ApiClient http;

    /** Connects with the first request. */
    Engine(final Path socket) {
        this.socket = socket;
        http = new ApiClient(socket, TIMEOUT_SECONDS);
    }

    /**
     * The answer to a GET request of the engine's API, in its oldest version that it speaks.
     *
     * @throws Refusal when there is none, or none of HTTP status 200.
     */
    synchronized JsonNode get(final String pathAndQuery) {
        try {
            return MAPPER.readTree(http.get(pathAndQuery));
        } catch (final IOException | Refusal e) {
            throw Refusal.failure(
                    "the engine doesn't tell %s at %s".formatted(pathAndQuery, socket));
        }
    }

    @Override
    public void close() {
        http.close();
    }
}

package io.vswitch.containers.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.vswitch.containers.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The address plugin that a configuration names ({@code ipam.type}), run with the same environment
 * and input; any thread.
 */
final class AddressPlugin {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Call call;
    private final String type;

    AddressPlugin(final Call call) {
        this.call = call;
        this.type = call.text("ipam", "type");
    }

    boolean isWanted() {
        return type != null && !type.isEmpty();
    }

    /**
     * Runs it; its result, or nothing when it has none.
     *
     * @param command ADD, DEL, CHECK, ...
     * @throws CniException with its own code and words.
     */
    JsonNode run(final String command) {
        if (!isWanted()) {
            return MissingNode.getInstance();
        }
        final ProcessBuilder process = new ProcessBuilder(executable().toString());
        process.environment().putAll(call.environment());
        process.environment().put("CNI_COMMAND", command);
        final Command.Result result = Command.result(process, call.text());
        final JsonNode answer = parse(result.text());
        if (result.code() != 0) {
            throw new CniException(
                    answer.path("code").asInt(CniException.NO_ADDRESSES),
                    type + ": " + answer.path("msg").asText("failed without a reason"));
        }
        return answer;
    }

    private static JsonNode parse(final String text) {
        try {
            return text.isBlank() ? MissingNode.getInstance() : JSON.readTree(text);
        } catch (final IOException e) {
            throw new CniException(
                    CniException.NO_ADDRESSES,
                    "not JSON: " + text.lines().findFirst().orElse("nothing"));
        }
    }

    private Path executable() {
        if (type.indexOf('/') < 0) {
            for (final String directory : call.required("CNI_PATH").split(":")) {
                final Path file = Path.of(directory, type);
                if (Files.isExecutable(file)) {
                    return file;
                }
            }
        }
        throw new CniException(
                CniException.BAD_CONFIGURATION,
                "ipam.type '%s' is not in CNI_PATH (%s)"
                        .formatted(type, call.required("CNI_PATH")));
    }
}

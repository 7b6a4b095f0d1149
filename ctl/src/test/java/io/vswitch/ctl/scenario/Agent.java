package io.vswitch.ctl.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** agent.py, asked line by line by the test's thread; ends with it. */
final class Agent implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Writer requests;
    private final BufferedReader answers;

    Agent(final Path log) throws IOException {
        final String script =
                new String(
                        Agent.class.getResourceAsStream("agent.py").readAllBytes(),
                        StandardCharsets.UTF_8);
        // Debian's interpreter by its path: another one first on the PATH has no scapy.
        process =
                new ProcessBuilder("/usr/bin/python3", "-c", script)
                        .redirectError(log.toFile())
                        .start();
        requests = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    static ObjectNode request(final String operation) {
        return JSON.createObjectNode().put("op", operation);
    }

    /** Sends a request and returns the answer's value. */
    JsonNode ask(final ObjectNode request) throws IOException {
        requests.write(request + "\n");
        requests.flush();
        final String line = answers.readLine();
        if (line == null) {
            throw new AssertionError("the agent ended at " + request);
        }
        final JsonNode answer = JSON.readTree(line);
        if (answer.has("error")) {
            throw new AssertionError(request + ": " + answer.get("error").asText());
        }
        return answer.get("ok");
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}

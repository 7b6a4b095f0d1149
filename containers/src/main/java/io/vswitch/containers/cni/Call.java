package io.vswitch.containers.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * One call of a runtime: its environment and its configuration; immutable.
 *
 * @param environment the variables that begin with CNI_.
 * @param text the configuration as it came, for the address plugin.
 */
record Call(Map<String, String> environment, String text, JsonNode configuration) {
    static final List<String> VERSIONS = List.of("0.3.1", "0.4.0", "1.0.0", "1.1.0");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PORT_DIGITS = 11;

    /** Reads the configuration and checks its version. */
    static Call read(final Map<String, String> environment, final byte[] body) {
        final JsonNode configuration;
        try {
            configuration = JSON.readTree(body);
        } catch (final IOException e) {
            throw new CniException(
                    CniException.BAD_JSON, "the configuration is not JSON: " + firstLine(e));
        }
        if (!configuration.isObject()) {
            throw new CniException(CniException.BAD_JSON, "the configuration is no JSON object");
        }
        final Call call =
                new Call(environment, new String(body, StandardCharsets.UTF_8), configuration);
        if (!VERSIONS.contains(call.version())) {
            throw new CniException(
                    CniException.INCOMPATIBLE_VERSION,
                    "cniVersion '%s'; known are %s"
                            .formatted(call.version(), String.join(", ", VERSIONS)));
        }
        return call;
    }

    private static String firstLine(final Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    String version() {
        return configuration.path("cniVersion").asText("");
    }

    String command() {
        return environment.getOrDefault("CNI_COMMAND", "");
    }

    /** A variable that the call can't do without. */
    String required(final String name) {
        final String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new CniException(CniException.BAD_ENVIRONMENT, name + " is missing");
        }
        return value;
    }

    String namespace() {
        return required("CNI_NETNS");
    }

    String device() {
        return required("CNI_IFNAME");
    }

    /** The switch's network. */
    String network() {
        final String name = configuration.path("name").asText("");
        if (name.isEmpty()) {
            throw new CniException(CniException.BAD_CONFIGURATION, "name is missing");
        }
        return configuration.path("network").asText(name);
    }

    /** A value of the configuration, or of what the runtime adds to it; null when there is none. */
    String text(final String... path) {
        JsonNode node = configuration;
        for (final String name : path) {
            node = node.path(name);
        }
        return node instanceof MissingNode || node.isNull() ? null : node.asText();
    }

    /** A flag of the configuration. */
    boolean isTrue(final String key) {
        return configuration.path(key).asBoolean(false);
    }

    /** The port of this container's interface. */
    String port() {
        return port(required("CNI_CONTAINERID"), device());
    }

    /** The port of a container's interface: the same name whenever it is asked for. */
    static String port(final String container, final String device) {
        try {
            final byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest((container + "/" + device).getBytes(StandardCharsets.UTF_8));
            return "vc" + HexFormat.of().formatHex(digest).substring(0, PORT_DIGITS);
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

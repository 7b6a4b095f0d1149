package io.vswitch.ctl.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;

/** The one JSON form of changes and views: journal, control API and {@code --json}. Any thread. */
public final class Json {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();
    private static final TypeReference<List<Change>> CHANGES = new TypeReference<>() {};

    private Json() {}

    /** One value as UTF-8 JSON on one line. */
    public static byte[] write(final Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A list of changes, whose elements name their kind. */
    public static byte[] writeChanges(final List<Change> changes) {
        try {
            return MAPPER.writerFor(CHANGES).writeValueAsBytes(changes);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Reads what {@link #writeChanges} wrote. */
    public static List<Change> readChanges(final byte[] json) throws IOException {
        return MAPPER.readValue(json, CHANGES);
    }

    /** Reads one value; fails on properties that the type doesn't have. */
    public static <T> T read(final byte[] json, final Class<T> type) throws IOException {
        return MAPPER.readValue(json, type);
    }

    /** JSON text laid out for people. */
    public static String pretty(final byte[] json) throws IOException {
        return MAPPER.readTree(json).toPrettyString();
    }
}

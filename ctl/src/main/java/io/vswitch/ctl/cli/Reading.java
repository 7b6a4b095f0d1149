package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.state.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A command that asks the daemon and shows its answer, as text or as JSON.
 *
 * @param <T> the answer; {@code byte[]} for its JSON.
 */
abstract class Reading<T> implements Callable<Integer> {
    @Mixin private Connection connection;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    private final Class<T> type;

    Reading(final Class<T> type) {
        this.type = type;
    }

    /** Has the daemon answer. */
    abstract byte[] ask(ApiClient daemon) throws IOException;

    /** Shows the answer for people. */
    abstract void print(T answer, PrintWriter out) throws IOException;

    @Override
    public final Integer call() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        try (ApiClient daemon = connection.open()) {
            final byte[] answer = ask(daemon);
            if (json) {
                out.println(Json.pretty(answer));
            } else {
                print(type == byte[].class ? type.cast(answer) : Json.read(answer, type), out);
            }
        }
        out.flush();
        return 0;
    }

    /** {@code ?name=value}, or nothing for a null value. */
    static String query(final String name, final String value) {
        return value == null
                ? ""
                : "?" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}

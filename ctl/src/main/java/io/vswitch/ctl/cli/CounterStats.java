package io.vswitch.ctl.cli;

import io.vswitch.core.counters.CountersFile;
import io.vswitch.ctl.api.Access;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counters straight from the daemon's mapped file, which works while the daemon hangs; one thread.
 */
final class CounterStats {
    private static final Pattern LABEL = Pattern.compile("port=(\\S+) worker=\\d+ (.+)");

    private CounterStats() {}

    /**
     * What the file holds, summed over workers.
     *
     * @param heartbeatAgeMs since the daemon's conductor last wrote that it lives.
     */
    record Snapshot(long pid, long heartbeatAgeMs, List<PortTraffic> ports) {}

    /** Counters of one port. */
    record PortTraffic(String port, Views.Traffic traffic) {}

    /** Maps the file; refuses one that isn't there, isn't readable, or is something else. */
    static CountersFile.View open(final Path file) {
        Access.requireVisible(file);
        if (Files.exists(file) && !Files.isReadable(file)) {
            throw Access.denied(file);
        }
        try {
            return new CountersFile.View(file);
        } catch (IllegalStateException e) {
            throw Refusal.failure(e.getMessage());
        }
    }

    static Snapshot read(final Path file) {
        try (CountersFile.View view = open(file)) {
            final Map<String, Map<String, Long>> sums = new TreeMap<>();
            view.counters()
                    .forEach(
                            (value, id, label) -> {
                                final Matcher matcher = LABEL.matcher(label);
                                if (matcher.matches()) {
                                    sums.computeIfAbsent(matcher.group(1), p -> new TreeMap<>())
                                            .merge(matcher.group(2), value, Long::sum);
                                }
                            });
            final List<PortTraffic> ports = new ArrayList<>();
            sums.forEach((port, counts) -> ports.add(new PortTraffic(port, traffic(counts))));
            return new Snapshot(
                    view.pid(),
                    Math.max(0, System.currentTimeMillis() - view.heartbeatMs()),
                    ports);
        }
    }

    private static Views.Traffic traffic(final Map<String, Long> counts) {
        return new Views.Traffic(
                counts.getOrDefault("rx-packets", 0L),
                counts.getOrDefault("rx-bytes", 0L),
                counts.getOrDefault("tx-packets", 0L),
                counts.getOrDefault("tx-bytes", 0L),
                counts.entrySet().stream()
                        .filter(e -> e.getKey().startsWith("drop "))
                        .mapToLong(Map.Entry::getValue)
                        .sum());
    }
}

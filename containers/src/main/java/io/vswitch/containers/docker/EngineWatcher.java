package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that looks at the engine when it tells of an event, once a second where there is a
 * swarm, whose events it doesn't tell, and at all of it every ten seconds; and has the switch
 * follow. While the engine can't be asked all stays as it is.
 */
final class EngineWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineWatcher.class);
    private static final int ROUND_MS = 1_000;
    private static final int THOROUGHLY = 10;

    private final Records records;
    private final EngineReader reader;
    private final Steering steering;
    private final Mesh mesh;
    private final EngineEvents events;
    private final Semaphore woken = new Semaphore(1);
    private final Thread thread = new Thread(this::run, "engine-watch");
    private EngineReader.Role role;
    private EngineView view;
    private EngineView.Swarm swarm;
    private List<Published> published = List.of();
    private String trouble = "";

    private EngineWatcher(
            final Path socket,
            final Engine engine,
            final Records records,
            final Steering steering,
            final Mesh mesh) {
        this.records = records;
        this.mesh = mesh;
        this.steering = steering;
        reader = new EngineReader(engine);
        events = EngineEvents.start(socket, woken::release);
    }

    /** Follows the engine at this socket from now on. */
    static EngineWatcher start(
            final Path socket,
            final Engine engine,
            final Records records,
            final Steering steering,
            final Mesh mesh) {
        final EngineWatcher watcher = new EngineWatcher(socket, engine, records, steering, mesh);
        watcher.thread.setDaemon(true);
        watcher.thread.start();
        return watcher;
    }

    private void run() {
        int rounds = 0;
        while (true) {
            try {
                final boolean event = woken.tryAcquire(ROUND_MS, TimeUnit.MILLISECONDS);
                woken.drainPermits();
                look(event || rounds % THOROUGHLY == 0);
                rounds = event ? 1 : rounds + 1;
            } catch (final InterruptedException e) {
                return;
            } catch (final Refusal e) {
                say(e.getMessage());
            } catch (final RuntimeException e) {
                say("internal error: " + e);
                LOG.debug("looking at the engine failed", e);
            }
        }
    }

    /** Once, until it is over. */
    private void say(final String text) {
        if (!text.equals(trouble)) {
            LOG.warn("{}; tried again every second", text);
            trouble = text;
        }
    }

    private synchronized void look(final boolean thoroughly) {
        if (thoroughly || role == null || view == null) {
            role = reader.role();
            services();
            view = reader.read(swarm);
            follow(thoroughly);
        } else if (role != EngineReader.Role.NONE) {
            services();
            final EngineView next = new EngineView(view.endpoints(), view.networks(), swarm);
            if (!next.equals(view)) {
                view = reader.read(swarm);
                follow(thoroughly);
            }
        }
        if (!trouble.isEmpty()) {
            LOG.info("the engine is followed again");
            trouble = "";
        }
    }

    private void follow(final boolean thoroughly) {
        final List<String> problems = new ArrayList<>();
        if (view.swarm() != null) {
            try {
                published = mesh.prepare(view, thoroughly, problems);
            } catch (final IOException | Refusal e) {
                problems.add("published ports: " + e.getMessage());
            }
        }
        steering.apply(view, published, problems);
        mesh.route(view, published);
    }

    /** What was known stays when nothing can be learned. */
    private void services() {
        try {
            swarm =
                    switch (role) {
                        case NONE -> new EngineView.Swarm(true, List.of(), List.of());
                        case MANAGER -> reader.services();
                        case WORKER -> reader.services(swarmNetworks());
                    };
        } catch (final Refusal e) {
            LOG.debug("services stay as they were: {}", e.getMessage());
        }
    }

    private List<String> swarmNetworks() {
        return records.networks().all().stream().map(Records.Network::id).toList();
    }

    /** What differs between the engine's wishes and the switch now. */
    synchronized List<Step> differences() {
        if (view == null) {
            throw Refusal.failure("the engine hasn't been reached yet: " + trouble);
        }
        return steering.differences(view, published);
    }

    /** Looks, and mends what differs. */
    void mend() {
        look(true);
    }

    /** What labels have come to. */
    PolicyReport report() {
        return steering.report();
    }

    @Override
    public void close() {
        thread.interrupt();
        events.close();
    }
}

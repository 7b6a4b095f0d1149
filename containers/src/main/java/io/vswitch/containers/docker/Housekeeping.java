package io.vswitch.containers.docker;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that mends what calls of the engine could not do, and what others have undone. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final int THOROUGHLY = 10;

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        final Thread made = new Thread(task, "housekeeping");
                        made.setDaemon(true);
                        return made;
                    });
    private final NetworkDriver driver;
    private final SwarmNodes nodes;
    private int rounds;

    private Housekeeping(final NetworkDriver driver, final SwarmNodes nodes) {
        this.driver = driver;
        this.nodes = nodes;
    }

    /** Once a second what is known to be amiss, and everything in every tenth. */
    static Housekeeping start(final NetworkDriver driver, final SwarmNodes nodes) {
        final Housekeeping keeping = new Housekeeping(driver, nodes);
        keeping.thread.scheduleWithFixedDelay(keeping::run, 0, 1, TimeUnit.SECONDS);
        return keeping;
    }

    private void run() {
        try {
            driver.tidy(rounds++ % THOROUGHLY == 0);
            nodes.refresh();
        } catch (final RuntimeException e) {
            LOG.error("housekeeping failed", e);
        }
    }

    @Override
    public String toString() {
        return "tidying up every " + THOROUGHLY + " s";
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

package io.vswitch.containers.docker;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that mend what calls of the engine could not do, and what others have undone. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final int THOROUGHLY = 10;

    private final ScheduledExecutorService threads =
            Executors.newScheduledThreadPool(
                    3,
                    task -> {
                        final Thread made = new Thread(task, "housekeeping");
                        made.setDaemon(true);
                        return made;
                    });
    private final NetworkDriver driver;
    private int rounds;

    private Housekeeping(final NetworkDriver driver) {
        this.driver = driver;
    }

    /** Once a second what is known to be amiss, and everything in every tenth. */
    static Housekeeping start(
            final NetworkDriver driver, final SwarmNodes nodes, final SwarmDirectory directory) {
        final Housekeeping keeping = new Housekeeping(driver);
        keeping.threads.scheduleWithFixedDelay(
                () -> guarded(keeping::tidy), 0, 1, TimeUnit.SECONDS);
        keeping.threads.scheduleWithFixedDelay(
                () -> guarded(nodes::refresh), 0, 1, TimeUnit.SECONDS);
        keeping.threads.scheduleWithFixedDelay(
                () -> guarded(directory::refresh), 0, 1, TimeUnit.SECONDS);
        return keeping;
    }

    private void tidy() {
        driver.tidy(rounds++ % THOROUGHLY == 0);
    }

    /** Each in a thread of its own: the engine and other nodes may be slow. */
    private static void guarded(final Runnable task) {
        try {
            task.run();
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
        threads.shutdownNow();
    }
}

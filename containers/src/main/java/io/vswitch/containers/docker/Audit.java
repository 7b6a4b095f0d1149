package io.vswitch.containers.docker;

import io.vswitch.ctl.api.Views;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds what the engine wants against what the switch and the host do; any thread. Mending is what
 * the driver does by itself every ten seconds, done now.
 */
final class Audit {
    private final NetworkDriver driver;
    private final EngineWatcher watcher;

    Audit(final NetworkDriver driver, final EngineWatcher watcher) {
        this.driver = driver;
        this.watcher = watcher;
    }

    /**
     * A difference.
     *
     * @param about a port, network, load balancer or tag.
     */
    record Difference(String about, String difference) {}

    /** All differences there are now. */
    List<Difference> differences() {
        final List<Difference> all = new ArrayList<>(driver.differences());
        for (final Step step : watcher.differences()) {
            all.add(new Difference(step.about(), step.difference()));
        }
        return all;
    }

    /** Mends; returns what still differs. */
    List<Difference> repair() {
        driver.tidy(true);
        watcher.mend();
        return differences();
    }

    /** What is amiss with a port whose device is not there. */
    static Difference gone(final Views.Port port) {
        return new Difference(port.name(), "its device is gone: " + String.valueOf(port.problem()));
    }
}

package io.vswitch.containers.docker;

import java.util.Map;

/** What {@code vswitchctl} asks of labels, services and differences; any thread. */
final class PolicyCalls implements PluginHandler.Calls {
    private final Audit audit;
    private final EngineWatcher watcher;

    private PolicyCalls(final Audit audit, final EngineWatcher watcher) {
        this.audit = audit;
        this.watcher = watcher;
    }

    /** Answers of these two. */
    static PolicyCalls of(final NetworkDriver driver, final EngineWatcher watcher) {
        return new PolicyCalls(new Audit(driver, watcher), watcher);
    }

    @Override
    public Object call(final String method, final byte[] body) {
        return switch (method) {
            case "/vswitch/policy" -> watcher.report();
            case "/vswitch/audit" -> Map.of("differences", audit.differences());
            case "/vswitch/repair" -> Map.of("differences", audit.repair());
            default -> null;
        };
    }
}

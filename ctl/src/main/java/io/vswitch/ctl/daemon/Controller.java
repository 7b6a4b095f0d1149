package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.MeterCounter;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.port.Port;
import io.vswitch.core.view.LayerStep;
import io.vswitch.ctl.directory.Catalogue;
import io.vswitch.ctl.directory.Directory;
import io.vswitch.ctl.document.Plan;
import io.vswitch.ctl.persist.Journal;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.rules.Balancers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of the desired state; any thread may call, one at a time works.
 *
 * <p>A change runs in this order, so that {@code kill -9} between any two steps loses nothing that
 * was acknowledged and leaves nothing half-made:
 *
 * <pre>
 *   validate all      against the desired state; refused: nothing happened
 *   open devices      of new ports; they vanish with the process, as do those of removed ports from now on
 *   journal, fsync    the one step that decides; failed: devices are closed or kept as before
 *   keep devices      killed before: the restart makes them anew
 *   publish           failed: the journal is set back to the state before
 *   reply
 * </pre>
 */
public final class Controller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
    private static final long RETRY_MS = 1000;
    private static final long COMPACT_BYTES = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final ScheduledExecutorService retries =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        final Thread thread = new Thread(task, "attach-retry");
                        thread.setDaemon(true);
                        return thread;
                    });
    private final Journal journal;
    private final VirtualSwitch vswitch;
    private final Tunnels tunnels;
    private final Reconciler reconciler;
    private volatile DesiredState state;
    private volatile Directory directory = Directory.NONE;
    private long compactedBytes;

    /**
     * Makes the switch run what the journal held.
     *
     * @param stored an opened journal with its state; owned from now on.
     */
    public Controller(
            final Stored stored,
            final VirtualSwitch vswitch,
            final PortOpener opener,
            final Tunnels tunnels) {
        this.journal = stored.journal();
        this.state = stored.state();
        this.vswitch = vswitch;
        this.tunnels = tunnels;
        this.reconciler = new Reconciler(vswitch, opener, tunnels);
        this.compactedBytes = journal.sizeBytes();
        reconciler.start(state);
        retries.scheduleWithFixedDelay(this::retry, RETRY_MS, RETRY_MS, TimeUnit.MILLISECONDS);
    }

    /** An opened journal and the state it holds. */
    public record Stored(Journal journal, DesiredState state) {
        /** Opens the journal of a directory and replays it. */
        public static Stored open(final Path directory) throws IOException {
            final DesiredState[] state = {DesiredState.EMPTY};
            final Journal journal =
                    Journal.open(
                            directory,
                            (sequence, json) -> state[0] = replay(state[0], sequence, json));
            return new Stored(journal, state[0]);
        }

        private static DesiredState replay(
                final DesiredState state, final long sequence, final byte[] json)
                throws IOException {
            try {
                return state.apply(Json.readChanges(json));
            } catch (IOException | RuntimeException e) {
                throw new IOException(
                        "journal record " + sequence + " can't be applied: " + e.getMessage(), e);
            }
        }
    }

    /** What the user asked for. */
    public DesiredState state() {
        return state;
    }

    /** Why a wanted port has no device, or null. */
    public String problem(final String port) {
        return reconciler.problem(port);
    }

    /** Shares a directory with other hosts, which is closed with this. */
    void share(final Directory shared) {
        directory = shared;
        lock.lock();
        try {
            reconciler.directory(shared);
        } finally {
            lock.unlock();
        }
        shared.onChange(this::takeDirectory);
    }

    private void takeDirectory() {
        lock.lock();
        try {
            reconciler.takeDirectory();
        } finally {
            lock.unlock();
        }
    }

    /** What hosts share. */
    Directory directory() {
        return directory;
    }

    /** What hosts share, put together. */
    Catalogue catalogue() {
        lock.lock();
        try {
            return reconciler.catalogue();
        } finally {
            lock.unlock();
        }
    }

    /** Address of an overlay's host by its number, or null. */
    String address(final OverlaySpec overlay, final int remote) {
        lock.lock();
        try {
            return tunnels.address(overlay, remote);
        } finally {
            lock.unlock();
        }
    }

    /** Number of an overlay's host by its address. */
    int remote(final PortSpec tunnel, final String address) {
        if (tunnel.type() != PortType.TUNNEL) {
            throw Refusal.usage("port '" + tunnel.name() + "' is no tunnel: it has no remotes");
        }
        lock.lock();
        try {
            final OverlaySpec overlay = state.network(tunnel.network()).overlay();
            return tunnels.remote(overlay, Ip.parse("remote", address).toString());
        } finally {
            lock.unlock();
        }
    }

    /** Meters of a port. */
    List<MeterCounter> meters(final String port) {
        lock.lock();
        try {
            return reconciler.meters(port);
        } finally {
            lock.unlock();
        }
    }

    /** The load balancers of now, with their counters. */
    Balancers balancers() {
        return reconciler.balancers();
    }

    /** Counters of a rule, or null while its port has no device. */
    RuleRef ref(final String port, final String layer, final String group, final String id) {
        lock.lock();
        try {
            return reconciler.ref(port, layer, group, id);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The compiled layers of the ports that changes would alter, by port; nothing is changed.
     *
     * @param changes null for none.
     * @throws Refusal when a change would be refused, or is none of layers, groups and rules.
     */
    Map<String, PortPolicy> suppose(final List<Change> changes) {
        if (changes == null || changes.isEmpty()) {
            return Map.of();
        }
        if (!changes.stream().allMatch(change -> change instanceof PolicyChange)) {
            throw Refusal.usage("only changes of layers, groups and rules can be supposed");
        }
        lock.lock();
        try {
            final Map<String, PortPolicy> policies = new HashMap<>();
            for (final DesiredPort port :
                    Completion.complete(changes, state).state().ports().values()) {
                if (port.policy() != state.port(port.name()).policy()) {
                    policies.put(port.name(), reconciler.suppose(port.policy()));
                }
            }
            return policies;
        } finally {
            lock.unlock();
        }
    }

    /** Which rule of one layer of a port decides about a packet; nothing is counted. */
    LayerStep match(
            final DesiredPort port,
            final String layer,
            final Direction direction,
            final HeaderFields fields) {
        lock.lock();
        try {
            return LayerMatch.of(
                    reconciler.suppose(port.policy().only(layer)), port.name(), direction, fields);
        } finally {
            lock.unlock();
        }
    }

    /** Length of the journal. */
    public long journalBytes() {
        lock.lock();
        try {
            return journal.sizeBytes();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Carries out all changes of a request or none; returns the steps when every worker runs them.
     *
     * @param owner in whose name, or null.
     */
    public List<Change> apply(final List<Change> request, final String owner) throws IOException {
        if (request == null || request.isEmpty() || request.contains(null)) {
            throw Refusal.usage("no change in the request");
        }
        lock.lock();
        try {
            Owners.check(request, state, owner);
            return commit(Completion.complete(request, state));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Carries out a plan made for the state as it is then, all of it or nothing; an empty one
     * writes nothing.
     */
    Plan apply(final Function<DesiredState, Plan> planner) throws IOException {
        lock.lock();
        try {
            final Plan plan = planner.apply(state);
            if (!plan.steps().isEmpty()) {
                commit(Completion.complete(plan, state));
            }
            return plan;
        } finally {
            lock.unlock();
        }
    }

    private List<Change> commit(final Completion.Completed completed) throws IOException {
        final DesiredState next = completed.state();
        final Map<String, Port> opened = reconciler.open(next);
        record(completed.steps(), next, opened);
        publish(next, opened);
        state = next;
        compactIfLong();
        return completed.steps();
    }

    private void record(
            final List<Change> steps, final DesiredState next, final Map<String, Port> opened)
            throws IOException {
        reconciler.keepRemoved(next, false);
        try {
            journal.append(Json.writeChanges(steps));
        } catch (IOException | RuntimeException e) {
            reconciler.keepRemoved(next, true);
            opened.values().forEach(Port::close);
            throw e;
        }
        reconciler.keep(opened);
    }

    private void publish(final DesiredState next, final Map<String, Port> opened)
            throws IOException {
        try {
            reconciler.publish(next, opened);
        } catch (RuntimeException e) {
            LOG.error("publishing failed, taking the change back", e);
            journal.compact(snapshot(state));
            reconciler.publish(state, Map.of());
            throw e;
        }
    }

    private void compactIfLong() {
        if (journal.sizeBytes() < Math.max(COMPACT_BYTES, 4 * compactedBytes)) {
            return;
        }
        try {
            journal.compact(snapshot(state));
            compactedBytes = journal.sizeBytes();
        } catch (IOException e) {
            // What was acknowledged is safe in the old log; the next change tries again.
            LOG.warn("journal can't be compacted: {}", e.getMessage());
        }
    }

    private static List<byte[]> snapshot(final DesiredState state) {
        final List<Change> changes = state.toChanges();
        return changes.isEmpty() ? List.of() : List.of(Json.writeChanges(changes));
    }

    private void retry() {
        lock.lock();
        try {
            reconciler.retry();
        } catch (RuntimeException e) {
            LOG.error("attaching ports failed", e);
        } finally {
            lock.unlock();
        }
    }

    /** Stops the switch, keeps the devices, closes the journal. */
    @Override
    public void close() throws IOException {
        retries.shutdownNow();
        directory.close();
        lock.lock();
        try {
            vswitch.close();
            journal.close();
        } finally {
            lock.unlock();
        }
    }
}

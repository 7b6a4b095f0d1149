package io.vswitch.ctl.directory;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory kept by an etcd cluster, for large sites. A host's state is one key, under a lease
 * that ends with the host; a watch tells of the others'. Whenever the watch or the lease is lost
 * all keys are read anew. While etcd can't be reached, what is known holds. Any thread may call;
 * one thread does the work.
 *
 * <pre>
 *   vswitch/hosts/NODE = signed state, see {@link StateCodec}
 * </pre>
 */
public final class EtcdDirectory implements Directory {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdDirectory.class);
    private static final String PREFIX = "vswitch/hosts/";
    private static final ByteSequence ALL = bytes(PREFIX);
    private static final long TICK_MS = 50;
    private static final long RETRY_MS = 500;
    private static final long CALL_MS = 3_000;
    private static final long OPEN_WAIT_MS = 5_000;

    private final String node;
    private final ByteSequence key;
    private final StateCodec codec;
    private final Client client;
    private final long leaseSeconds;
    private final HostStates states;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        final Thread made = new Thread(task, "directory");
                        made.setDaemon(true);
                        return made;
                    });
    private final AtomicBoolean isDirty = new AtomicBoolean();
    private volatile Runnable listener = () -> {};
    private volatile boolean isSynced;

    // the thread's own
    private Watch.Watcher watcher;
    private int session;
    private long lease;
    private long renewedNs;
    private HostState written;
    private long newest;
    private long retryNs = System.nanoTime();
    private boolean isLost;

    private EtcdDirectory(
            final String node,
            final Client client,
            final DirectoryKey secret,
            final Timers timers) {
        this.node = node;
        this.key = bytes(PREFIX + node);
        this.codec = new StateCodec(secret.derive("sign"));
        this.client = client;
        this.leaseSeconds = timers.leaseSeconds();
        this.states = new HostStates(timers.holdMs());
    }

    /**
     * Begins to share. An etcd that can't be reached is waited for in the background.
     *
     * @param node name of this host.
     * @param authority certificates of who may speak for etcd, for TLS; null: without.
     * @throws Refusal with one line.
     */
    public static EtcdDirectory open(
            final String node,
            final EtcdAddress address,
            final Path authority,
            final DirectoryKey secret,
            final Timers timers) {
        final EtcdDirectory opened =
                new EtcdDirectory(node, EtcdConnection.open(address, authority), secret, timers);
        opened.thread.scheduleWithFixedDelay(opened::tick, 0, TICK_MS, TimeUnit.MILLISECONDS);
        opened.awaitSync();
        return opened;
    }

    /** Hears of those who are there already, so that it is known what generations they are at. */
    private void awaitSync() {
        final long end = System.nanoTime() + OPEN_WAIT_MS * 1_000_000;
        try {
            while (!isSynced && System.nanoTime() < end) {
                Thread.sleep(TICK_MS);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ByteSequence bytes(final String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public void publish(final List<Membership> networks, final List<Endpoint> endpoints) {
        thread.execute(() -> own(networks, endpoints));
    }

    private void own(final List<Membership> networks, final List<Endpoint> endpoints) {
        newest = Math.max(System.currentTimeMillis(), newest + 1);
        states.put(new HostState(node, newest, networks, endpoints));
        isDirty.set(true);
        tick();
    }

    private void tick() {
        try {
            if (System.nanoTime() - retryNs >= 0) {
                exchange();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final Exception e) {
            lose(e);
        }
        tell();
    }

    private void exchange() throws Exception {
        keepLease();
        if (!isSynced) {
            sync();
        }
        write();
        if (isLost) {
            LOG.info("directory: etcd is back, {} hosts", states.all().size());
            isLost = false;
        }
    }

    private void lose(final Exception error) {
        retryNs = System.nanoTime() + RETRY_MS * 1_000_000;
        if (!isLost) {
            LOG.warn(
                    "directory: etcd doesn't answer, what is known holds: {}",
                    EtcdConnection.reason(error));
            isLost = true;
        }
    }

    private void tell() {
        try {
            final boolean expired = states.expire(System.nanoTime());
            if (isDirty.getAndSet(false) || expired) {
                listener.run();
            }
        } catch (final RuntimeException e) {
            LOG.error("directory: taking in a change failed", e);
        }
    }

    private static <T> T call(final CompletableFuture<T> answer) throws Exception {
        try {
            return answer.get(CALL_MS, TimeUnit.MILLISECONDS);
        } catch (final TimeoutException e) {
            answer.cancel(true);
            throw new IOException("no answer in " + CALL_MS + " ms", e);
        }
    }

    /** A lease that has ended takes our key with it, and tells that events were missed too. */
    private void keepLease() throws Exception {
        final long now = System.nanoTime();
        final long ageMs = (now - renewedNs) / 1_000_000;
        if (lease != 0 && ageMs >= leaseSeconds * 1000 / 3) {
            try {
                call(client.getLeaseClient().keepAliveOnce(lease));
                renewedNs = now;
            } catch (final ExecutionException | IOException e) {
                if (ageMs < leaseSeconds * 1000) {
                    throw e;
                }
                lease = 0;
            }
        }
        if (lease == 0) {
            lease = call(client.getLeaseClient().grant(leaseSeconds)).getID();
            renewedNs = now;
            written = null;
            isSynced = false;
        }
    }

    /** Reads all keys, and watches from there on. */
    private void sync() throws Exception {
        final GetResponse all =
                call(client.getKVClient().get(ALL, GetOption.builder().isPrefix(true).build()));
        final Set<String> present = new HashSet<>();
        for (final KeyValue pair : all.getKvs()) {
            present.add(nodeOf(pair));
            take(pair);
        }
        for (final HostState state : states.all()) {
            if (!present.contains(state.node()) && !state.node().equals(node)) {
                states.left(state.node(), System.nanoTime());
            }
        }
        watch(all.getHeader().getRevision() + 1);
        isSynced = true;
        LOG.info("directory: {} hosts in etcd", present.size());
    }

    private void watch(final long revision) {
        if (watcher != null) {
            watcher.close();
        }
        final int own = ++session;
        final WatchOption option =
                WatchOption.builder()
                        .isPrefix(true)
                        .withRevision(revision)
                        .withRequireLeader(true)
                        .build();
        watcher =
                client.getWatchClient()
                        .watch(
                                ALL,
                                option,
                                Watch.listener(
                                        response -> enqueue(() -> onEvents(own, response)),
                                        error -> enqueue(() -> onWatchLost(own)),
                                        () -> enqueue(() -> onWatchLost(own))));
    }

    private void enqueue(final Runnable task) {
        try {
            thread.execute(task);
        } catch (final RejectedExecutionException e) {
            // closed: nobody wants to know
        }
    }

    /** Compacted, or a server without a leader; what was missed is read anew. */
    private void onWatchLost(final int from) {
        if (from == session) {
            isSynced = false;
        }
    }

    private void onEvents(final int from, final WatchResponse response) {
        if (from != session) {
            return;
        }
        for (final WatchEvent event : response.getEvents()) {
            if (event.getEventType() == WatchEvent.EventType.PUT) {
                take(event.getKeyValue());
            } else if (event.getEventType() == WatchEvent.EventType.DELETE) {
                gone(nodeOf(event.getKeyValue()));
            }
        }
        tell();
    }

    private static String nodeOf(final KeyValue pair) {
        return pair.getKey().toString(StandardCharsets.UTF_8).substring(PREFIX.length());
    }

    private void take(final KeyValue pair) {
        try {
            final HostState state = codec.decode(pair.getValue().getBytes());
            if (!state.node().equals(nodeOf(pair))) {
                LOG.warn("directory: key of {} ignored: it is of {}", nodeOf(pair), state.node());
            } else if (state.node().equals(node)) {
                onOwn(state, pair.getLease());
            } else if (states.put(state)) {
                isDirty.set(true);
            }
        } catch (final IOException | RuntimeException e) {
            LOG.warn("directory: key of {} ignored: {}", nodeOf(pair), EtcdConnection.reason(e));
        }
    }

    /** What we wrote, or an earlier run of us did, or somebody who goes by our name. */
    private void onOwn(final HostState state, final long of) {
        if (of != lease && written != null) {
            LOG.error("directory: another host goes by our name {}; remove its node-id file", node);
        }
        if (state.version() > newest) {
            newest = state.version();
            final HostState own = states.get(node);
            if (own != null) {
                own(own.networks(), own.endpoints());
            }
        }
    }

    private void gone(final String left) {
        if (left.equals(node)) {
            written = null;
        } else if (states.remove(left)) {
            isDirty.set(true);
        }
    }

    private void write() throws Exception {
        final HostState own = states.get(node);
        if (own == null || own == written) {
            return;
        }
        call(
                client.getKVClient()
                        .put(
                                key,
                                ByteSequence.from(codec.encode(own)),
                                PutOption.builder().withLeaseId(lease).build()));
        written = own;
    }

    @Override
    public Collection<HostState> hosts() {
        return states.all();
    }

    @Override
    public void onChange(final Runnable changed) {
        listener = changed;
        isDirty.set(true);
    }

    @Override
    public void close() {
        thread.execute(this::leave);
        thread.shutdown();
        try {
            thread.awaitTermination(2 * CALL_MS, TimeUnit.MILLISECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }

    /** With the lease goes our key; the others hear of it. */
    private void leave() {
        try {
            if (lease != 0 && !isLost) {
                call(client.getLeaseClient().revoke(lease));
            }
        } catch (final Exception e) {
            LOG.warn("directory: leaving etcd: {}", EtcdConnection.reason(e));
        }
    }
}

package io.vswitch.ctl.directory;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.protocols.TCPPING;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory over a JGroups cluster embedded in each daemon; no server. A host sends its whole
 * state to all when it changes, and to every member that is new to it: after a join, and after a
 * partition, whose two sides are new to each other. Any thread may call; the group's own threads
 * bring messages, one thread does the rest.
 */
public final class JGroupsDirectory implements Directory, Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(JGroupsDirectory.class);
    private static final String CLUSTER = "vswitch";
    private static final long TICK_MS = 100;

    private static final long STATE_WAIT_MS = 3_000;

    private final String node;
    private final StateCodec codec;
    private final HostStates states;
    private final JChannel channel;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        final Thread made = new Thread(task, "directory");
                        made.setDaemon(true);
                        return made;
                    });
    private final AtomicBoolean isDirty = new AtomicBoolean();
    private final Map<Address, String> nodes = new HashMap<>();
    private Set<Address> members = Set.of();
    private volatile Runnable listener = () -> {};

    private JGroupsDirectory(
            final String node,
            final DirectoryAddress address,
            final DirectoryKey key,
            final Timers timers)
            throws Exception {
        this.node = node;
        this.codec = new StateCodec(key.derive("sign"));
        this.states = new HostStates(timers.holdMs());
        this.channel = new JChannel(Stack.of(address, key, timers));
        channel.setReceiver(this);
        channel.setDiscardOwnMessages(true);
    }

    /**
     * Joins, or founds, the group of those with the key.
     *
     * @param node name of this host.
     * @throws Refusal with one line.
     */
    public static JGroupsDirectory open(
            final String node,
            final DirectoryAddress address,
            final DirectoryKey key,
            final Timers timers) {
        JGroupsDirectory directory = null;
        try {
            directory = new JGroupsDirectory(node, address, key, timers);
            directory.channel.connect(CLUSTER);
            directory.thread.scheduleWithFixedDelay(
                    directory::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
            directory.awaitStates();
            return directory;
        } catch (final Exception e) {
            if (directory != null) {
                directory.close();
            }
            throw Refusal.failure(
                    "directory at %s can't be opened: %s".formatted(address.own(), reason(e)));
        }
    }

    /** Hears of those who are there already, so that it is known what generations they are at. */
    private void awaitStates() throws InterruptedException {
        final long end = System.nanoTime() + STATE_WAIT_MS * 1_000_000;
        while (states.all().size() < channel.getView().size() - 1 && System.nanoTime() < end) {
            Thread.sleep(TICK_MS / 2);
        }
    }

    /** From now on others may also be at these addresses. */
    public void meet(final List<InetSocketAddress> hosts) {
        final TCPPING ping = channel.getProtocolStack().findProtocol(TCPPING.class);
        if (ping != null) {
            ping.initialHosts(hosts);
        }
    }

    private static String reason(final Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
    }

    /** The group's channel. */
    JChannel channel() {
        return channel;
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public void publish(final List<Membership> networks, final List<Endpoint> endpoints) {
        thread.execute(() -> send(networks, endpoints));
    }

    private void send(final List<Membership> networks, final List<Endpoint> endpoints) {
        final HostState before = states.get(node);
        final long version =
                Math.max(System.currentTimeMillis(), before == null ? 0 : before.version() + 1);
        final HostState state = new HostState(node, version, networks, endpoints);
        states.put(state);
        send(null, state);
        isDirty.set(true);
    }

    /** To one member, or to all for null. */
    private void send(final Address to, final HostState state) {
        try {
            channel.send(new BytesMessage(to, codec.encode(state)));
        } catch (final Exception e) {
            LOG.warn("directory: sending to {} failed: {}", to == null ? "all" : to, reason(e));
        }
    }

    @Override
    public void receive(final Message message) {
        try {
            final HostState state =
                    codec.decode(
                            Arrays.copyOfRange(
                                    message.getArray(),
                                    message.getOffset(),
                                    message.getOffset() + message.getLength()));
            enqueue(() -> onState(message.getSrc(), state));
        } catch (final IOException | RuntimeException e) {
            LOG.warn("directory: message of {} ignored: {}", message.getSrc(), reason(e));
        }
    }

    private void enqueue(final Runnable task) {
        try {
            thread.execute(task);
        } catch (final RejectedExecutionException e) {
            // closed: nobody wants to know
        }
    }

    private void onState(final Address from, final HostState state) {
        if (state.node().equals(node)) {
            LOG.error("directory: {} goes by our name {}; remove its node-id file", from, node);
            return;
        }
        nodes.put(from, state.node());
        if (states.put(state)) {
            isDirty.set(true);
        }
    }

    @Override
    public void viewAccepted(final View view) {
        enqueue(() -> onView(new HashSet<>(view.getMembers())));
    }

    private void onView(final Set<Address> next) {
        for (final Address member : members) {
            if (!next.contains(member)) {
                onLeft(member, next);
            }
        }
        final HostState own = states.get(node);
        for (final Address member : next) {
            if (!members.contains(member) && !member.equals(channel.address()) && own != null) {
                send(member, own);
            }
        }
        members = next;
        LOG.info("directory: {} hosts", next.size());
    }

    private void onLeft(final Address member, final Set<Address> present) {
        final String left = nodes.remove(member);
        final boolean isBack =
                nodes.entrySet().stream()
                        .anyMatch(e -> e.getValue().equals(left) && present.contains(e.getKey()));
        if (left != null && !isBack) {
            states.left(left, System.nanoTime());
        }
    }

    private void tick() {
        try {
            final boolean expired = states.expire(System.nanoTime());
            if (isDirty.getAndSet(false) || expired) {
                listener.run();
            }
        } catch (final RuntimeException e) {
            LOG.error("directory: taking in a change failed", e);
        }
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
        thread.shutdownNow();
        final HostState own = states.get(node);
        if (own != null && channel.isConnected()) {
            send(null, new HostState(node, own.version() + 1, List.of(), List.of()));
        }
        channel.close();
    }
}

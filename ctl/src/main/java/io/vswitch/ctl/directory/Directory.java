package io.vswitch.ctl.directory;

import java.util.Collection;
import java.util.List;

/**
 * What hosts tell one another of their endpoints. Each host owns what it publishes: nobody else
 * changes it, and it goes some time after the host does. Any thread may call.
 */
public interface Directory extends AutoCloseable {
    /** Of a host that shares nothing. */
    Directory NONE =
            new Directory() {
                @Override
                public String node() {
                    return "";
                }

                @Override
                public void publish(
                        final List<Membership> networks, final List<Endpoint> endpoints) {
                    // nobody listens
                }

                @Override
                public Collection<HostState> hosts() {
                    return List.of();
                }

                @Override
                public void onChange(final Runnable listener) {
                    // nothing changes
                }

                @Override
                public void close() {
                    // nothing is open
                }
            };

    /** Name of this host in the directory, the same after a restart. */
    String node();

    /** Replaces all that this host has published. */
    void publish(List<Membership> networks, List<Endpoint> endpoints);

    /** What all hosts have published, this one included. */
    Collection<HostState> hosts();

    /**
     * Who is told that {@link #hosts} is other than before; soon, not each time, on a thread of the
     * directory's.
     */
    void onChange(Runnable listener);

    /** Leaves: the others forget this host at once. */
    @Override
    void close();
}

package io.vswitch.ctl.daemon;

import io.vswitch.ctl.api.OverlayViews;
import io.vswitch.ctl.directory.Directory;
import io.vswitch.ctl.directory.DirectoryAddress;
import io.vswitch.ctl.directory.DirectoryKey;
import io.vswitch.ctl.directory.JGroupsDirectory;
import io.vswitch.ctl.directory.NodeId;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;

/**
 * The directory that a client had this host join, as a swarm's driver does; any thread, one at a
 * time. It isn't kept: whoever asked for it asks again after a restart.
 */
final class SharedDirectory {
    private final Settings settings;
    private final Controller controller;
    private JGroupsDirectory joined;
    private DirectoryAddress address;
    private String key;

    SharedDirectory(final Settings settings, final Controller controller) {
        this.settings = settings;
        this.controller = controller;
    }

    /** Joins, leaves, or goes on where only more hosts are named. */
    synchronized void join(final OverlayViews.JoinRequest request) throws IOException {
        if (settings.hasDirectory()) {
            throw Refusal.failure("the directory is the one that --directory says");
        }
        if (request.where() == null) {
            leave();
            return;
        }
        final DirectoryAddress wanted = DirectoryAddress.parse(request.where());
        final String secret = request.key() == null ? "" : request.key();
        final DirectoryKey parsed = DirectoryKey.of("key", secret);
        if (joined != null && address.own().equals(wanted.own()) && secret.equals(key)) {
            joined.meet(wanted.hosts());
            return;
        }
        leave();
        joined =
                JGroupsDirectory.open(
                        NodeId.of(settings.stateDirectory),
                        wanted,
                        parsed,
                        settings.directoryTimers());
        address = wanted;
        key = secret;
        controller.share(joined);
    }

    private void leave() {
        if (joined != null) {
            controller.share(Directory.NONE);
            joined.close();
            joined = null;
        }
    }
}

package io.vswitch.ctl.api;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Who may use the control socket: root, the daemon's own user, and the members of one group; any
 * thread. The kernel vouches for the peer (SO_PEERCRED, unix(7)), whatever the socket file's mode.
 */
public final class Peer {
    private static final Path GROUPS = Path.of("/etc/group");

    private final UserPrincipal root;
    private final UserPrincipal self;
    private final GroupPrincipal group;

    /**
     * Takes the daemon's own user from {@code /proc/self}.
     *
     * @param group whose members may connect.
     */
    public Peer(final GroupPrincipal group) throws IOException {
        final UserPrincipalLookupService users =
                FileSystems.getDefault().getUserPrincipalLookupService();
        this.root = users.lookupPrincipalByName("root");
        this.self = Files.getOwner(Path.of("/proc/self"));
        this.group = group;
    }

    /** True when the process at the other end may give orders. */
    public boolean isAllowed(final SocketChannel channel) throws IOException {
        final UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
        return peer.user().equals(root)
                || peer.user().equals(self)
                || peer.group().equals(group)
                || isMember(peer.user().getName());
    }

    /**
     * SO_PEERCRED knows the peer's primary group only; the others are in the group file, read anew.
     */
    private boolean isMember(final String user) throws IOException {
        for (final String line : Files.readAllLines(GROUPS)) {
            final String[] fields = line.split(":", -1);
            if (fields.length == 4 && fields[0].equals(group.getName())) {
                return List.of(fields[3].split(",")).contains(user);
            }
        }
        return false;
    }
}

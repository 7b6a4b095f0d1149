package io.vswitch.ctl.directory;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.protocols.AUTH;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FD_SOCK2;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.MPING;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.Protocol;

/**
 * The group's protocols, bottom to top: TCP, finding others, merging after a partition, noticing
 * failures, enciphering, reliable messages, membership for those with the key. Stateless.
 */
final class Stack {
    private static final int FRAGMENT_BYTES = 60_000;

    private Stack() {}

    static List<Protocol> of(
            final DirectoryAddress address, final DirectoryKey key, final Timers timers) {
        final List<Protocol> stack = new ArrayList<>();
        stack.add(transport(address.own()));
        stack.add(discovery(address));
        stack.add(
                new MERGE3()
                        .setMinInterval(timers.mergeMinMs())
                        .setMaxInterval(timers.mergeMaxMs()));
        stack.add(new FD_SOCK2());
        stack.add(new FD_ALL3().setTimeout(timers.failureMs()).setInterval(timers.heartbeatMs()));
        stack.add(new VERIFY_SUSPECT2());
        stack.add(new GroupCipher(key.derive("cipher")));
        stack.add(new NAKACK2().useMcastXmit(false));
        stack.add(new UNICAST3());
        stack.add(new STABLE());
        stack.add(new AUTH().setAuthToken(new KeyToken(key.derive("join"))));
        stack.add(new GMS().setJoinTimeout(timers.joinMs()).printLocalAddress(false));
        stack.add(new MFC());
        stack.add(new UFC());
        stack.add(new FRAG2().setFragSize(FRAGMENT_BYTES));
        return stack;
    }

    private static Protocol transport(final InetSocketAddress own) {
        final TCP tcp = new TCP();
        tcp.setBindAddress(own.getAddress());
        tcp.setBindPort(own.getPort());
        tcp.setPortRange(0);
        return tcp;
    }

    private static Protocol discovery(final DirectoryAddress address) {
        if (address.hosts().isEmpty()) {
            return new MPING().setBindAddr(address.own().getAddress());
        }
        final TCPPING ping = new TCPPING();
        ping.initialHosts(address.hosts());
        ping.portRange(0);
        return ping;
    }
}

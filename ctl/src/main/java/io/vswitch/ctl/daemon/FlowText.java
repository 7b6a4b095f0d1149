package io.vswitch.ctl.daemon;

import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Mac;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * A flow's packets on one line, in the words of {@link PacketText} where it has them; stateless.
 */
final class FlowText {
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP_V6 = 58;

    private FlowText() {}

    static String of(final HeaderFields fields) {
        final String vlan =
                (fields.outerVlan & FlowKey.VLAN_PRESENT) == 0
                        ? ""
                        : "vlan " + (fields.outerVlan & 0xfff) + " ";
        return vlan + network(fields);
    }

    private static String network(final HeaderFields f) {
        if (f.isArp()) {
            return f.protocol == 1
                    ? "arp who-has " + destination(f) + " tell " + source(f)
                    : "arp op " + f.protocol + " " + source(f) + " > " + destination(f);
        }
        if (!f.isIpv4() && !f.isIpv6()) {
            return "ethertype 0x%04x %s > %s"
                    .formatted(f.etherType, Mac.format(f.sourceMac), Mac.format(f.destinationMac));
        }
        final String fragment = f.fragment == FlowKey.FRAGMENT_LATER ? " fragment" : "";
        return switch (f.protocol) {
            case TCP -> "tcp " + ports(f) + fragment;
            case UDP -> "udp " + ports(f) + fragment;
            case ICMP, ICMP_V6 ->
                    "icmp %s > %s type %d code %d%s"
                            .formatted(
                                    source(f),
                                    destination(f),
                                    f.destinationPort >> 8,
                                    f.destinationPort & 0xff,
                                    fragment);
            default -> "proto " + f.protocol + " " + source(f) + " > " + destination(f) + fragment;
        };
    }

    private static String ports(final HeaderFields f) {
        final String form = f.isIpv4() ? "%s:%d > %s:%d" : "[%s]:%d > [%s]:%d";
        return form.formatted(source(f), f.sourcePort, destination(f), f.destinationPort);
    }

    private static String source(final HeaderFields f) {
        return address(f, f.sourceHigh, f.sourceLow);
    }

    private static String destination(final HeaderFields f) {
        return address(f, f.destinationHigh, f.destinationLow);
    }

    private static String address(final HeaderFields f, final long high, final long low) {
        final byte[] bytes =
                f.isIpv6()
                        ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
                        : ByteBuffer.allocate(4).putInt((int) low).array();
        try {
            return new Ip(InetAddress.getByAddress(bytes)).toString();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}

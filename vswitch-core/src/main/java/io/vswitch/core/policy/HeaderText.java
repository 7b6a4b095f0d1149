package io.vswitch.core.policy;

import io.vswitch.core.packet.Addresses;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.TcpHeader;

/**
 * One-line text of a packet's header fields, for explain, flows and errors; stateless, any thread,
 * not for the packet path.
 *
 * <pre>
 *   tcp 10.0.0.1:1234 > 10.0.0.2:80 [S] 02:00:00:00:00:01 > 02:00:00:00:00:02 vlan 5
 *   udp [fd00::1]:53 > [fd00::2]:5353 02:... > 02:...
 *   icmp 10.0.0.1 > 10.0.0.2 type 8 code 0 id 7 02:... > 02:...
 *   arp 10.0.0.1 > 10.0.0.2 op 1 02:... > ff:...
 * </pre>
 */
public final class HeaderText {
    private static final String FLAG_LETTERS = "FSRPAUEC";

    private HeaderText() {}

    /** The line; TCP flags only where they are not 0. */
    public static String of(final HeaderFields fields) {
        final StringBuilder text = new StringBuilder(96);
        if (fields.isIpv4() || fields.isIpv6()) {
            network(text, fields);
        } else if (fields.isArp()) {
            text.append("arp ").append(source(fields)).append(" > ").append(destination(fields));
            text.append(" op ").append(fields.protocol);
        } else {
            text.append(String.format("ethertype 0x%04x", fields.etherType));
        }
        text.append(' ').append(Addresses.mac(fields.sourceMac));
        text.append(" > ").append(Addresses.mac(fields.destinationMac));
        if (fields.outerVlan != 0) {
            text.append(" vlan ").append(vid(fields.outerVlan));
        }
        if (fields.innerVlan != 0) {
            text.append(" inner-vlan ").append(vid(fields.innerVlan));
        }
        return text.toString();
    }

    private static void network(final StringBuilder text, final HeaderFields fields) {
        final boolean ports = hasPorts(fields);
        text.append(protocol(fields)).append(' ');
        text.append(ports ? socket(fields, source(fields), fields.sourcePort) : source(fields));
        text.append(" > ");
        text.append(
                ports
                        ? socket(fields, destination(fields), fields.destinationPort)
                        : destination(fields));
        if (fields.fragment == FlowKey.FRAGMENT_LATER) {
            text.append(" later fragment");
            return;
        }
        if (isIcmp(fields)) {
            text.append(" type ").append(fields.destinationPort >> 8);
            text.append(" code ").append(fields.destinationPort & 0xff);
            text.append(fields.sourcePort == 0 ? "" : " id " + fields.sourcePort);
        }
        if (fields.tcpFlags != 0) {
            text.append(" [").append(tcpFlags(fields.tcpFlags)).append(']');
        }
        text.append(fields.fragment == FlowKey.FRAGMENT_FIRST ? " first fragment" : "");
    }

    private static boolean hasPorts(final HeaderFields fields) {
        final boolean transport =
                fields.protocol == IpProtocol.TCP || fields.protocol == IpProtocol.UDP;
        return transport && fields.fragment != FlowKey.FRAGMENT_LATER;
    }

    private static boolean isIcmp(final HeaderFields fields) {
        return fields.protocol == (fields.isIpv6() ? IpProtocol.ICMPV6 : IpProtocol.ICMP);
    }

    private static String protocol(final HeaderFields fields) {
        if (isIcmp(fields)) {
            return fields.isIpv6() ? "icmpv6" : "icmp";
        }
        switch (fields.protocol) {
            case IpProtocol.TCP:
                return "tcp";
            case IpProtocol.UDP:
                return "udp";
            default:
                return (fields.isIpv6() ? "ipv6" : "ipv4") + " protocol " + fields.protocol;
        }
    }

    private static String socket(final HeaderFields fields, final String address, final int port) {
        return fields.isIpv6() ? "[" + address + "]:" + port : address + ":" + port;
    }

    /** Source address as text; SPA for ARP. */
    public static String source(final HeaderFields fields) {
        return address(fields, fields.sourceHigh, fields.sourceLow);
    }

    /** Destination address as text; TPA for ARP. */
    public static String destination(final HeaderFields fields) {
        return address(fields, fields.destinationHigh, fields.destinationLow);
    }

    private static String address(final HeaderFields fields, final long high, final long low) {
        return fields.isIpv6() ? Addresses.ipv6(high, low) : Addresses.ipv4((int) low);
    }

    /** VID of a VLAN field, 0 to 4095, or "none". */
    public static String vid(final int vlan) {
        return vlan == 0 ? "none" : Integer.toString(vlan & ~FlowKey.VLAN_PRESENT);
    }

    /**
     * Letters of the flags that are set, in the order of tcpdump: {@code SA}, {@code FPA}; {@code
     * .} for none.
     */
    public static String tcpFlags(final int flags) {
        final StringBuilder letters = new StringBuilder(8);
        for (int bit = TcpHeader.FIN, i = 0; bit <= TcpHeader.CWR; bit <<= 1, i++) {
            if ((flags & bit) != 0) {
                letters.append(FLAG_LETTERS.charAt(i));
            }
        }
        return letters.length() == 0 ? "." : letters.toString();
    }
}

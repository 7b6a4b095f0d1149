package io.vswitch.core.flow;

import io.vswitch.core.packet.Addresses;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.HeaderText;
import java.util.StringJoiner;

/** Text of a {@link Transposition}: what changes, from what to what; stateless, any thread. */
final class TranspositionText {
    private TranspositionText() {}

    static String of(final HeaderFields before, final HeaderFields after) {
        final StringJoiner text = new StringJoiner(", ");
        link(text, before, after);
        network(text, before, after);
        transport(text, before, after);
        if (before.quoted != null && after.quoted != null) {
            final StringJoiner quoted = new StringJoiner(", ");
            network(quoted, before.quoted, after.quoted);
            transport(quoted, before.quoted, after.quoted);
            text.add("in the packet quoted: " + quoted);
        }
        return text.toString();
    }

    private static void link(
            final StringJoiner text, final HeaderFields before, final HeaderFields after) {
        change(
                text,
                "dst-mac",
                Addresses.mac(before.destinationMac),
                Addresses.mac(after.destinationMac));
        change(text, "src-mac", Addresses.mac(before.sourceMac), Addresses.mac(after.sourceMac));
        change(text, "vlan", HeaderText.vid(before.outerVlan), HeaderText.vid(after.outerVlan));
        change(
                text,
                "inner-vlan",
                HeaderText.vid(before.innerVlan),
                HeaderText.vid(after.innerVlan));
        change(text, "ethertype", hex(before.etherType), hex(after.etherType));
    }

    private static void network(
            final StringJoiner text, final HeaderFields before, final HeaderFields after) {
        change(text, "src-ip", HeaderText.source(before), HeaderText.source(after));
        change(text, "dst-ip", HeaderText.destination(before), HeaderText.destination(after));
        change(text, "protocol", number(before.protocol), number(after.protocol));
        if (before.dscp != after.dscp) {
            text.add("dscp " + after.dscp);
        }
        if (before.ttlDecrement != after.ttlDecrement) {
            text.add("ttl -" + (after.ttlDecrement - before.ttlDecrement));
        }
    }

    private static void transport(
            final StringJoiner text, final HeaderFields before, final HeaderFields after) {
        final boolean icmp =
                before.protocol == IpProtocol.ICMP || before.protocol == IpProtocol.ICMPV6;
        final String source = icmp ? "icmp-id" : "src-port";
        final String destination = icmp ? "icmp-type-code" : "dst-port";
        change(text, source, number(before.sourcePort), number(after.sourcePort));
        change(text, destination, number(before.destinationPort), number(after.destinationPort));
        if (before.segmentLimit != after.segmentLimit) {
            text.add("mss at most " + after.segmentLimit);
        }
        change(
                text,
                "tcp-flags",
                HeaderText.tcpFlags(before.tcpFlags),
                HeaderText.tcpFlags(after.tcpFlags));
    }

    private static void change(
            final StringJoiner text, final String name, final String before, final String after) {
        if (!before.equals(after)) {
            text.add(name + " " + before + "->" + after);
        }
    }

    private static String number(final int value) {
        return Integer.toString(value);
    }

    private static String hex(final int value) {
        return String.format("0x%04x", value);
    }
}

package io.vswitch.core.counters;

import java.util.Locale;

/**
 * Why a packet was dropped: one reason per dropped packet, one counter per reason (and per port).
 */
public enum DropReason {
    MALFORMED_ETHERNET("shorter than an Ethernet header"),
    MALFORMED_VLAN("a VLAN tag is cut off, or more than two tags"),
    MALFORMED_ARP("ARP header cut off, or sizes other than Ethernet and IPv4"),
    MALFORMED_IPV4("IPv4 version, header length or total length contradicts the frame"),
    MALFORMED_IPV4_OPTIONS("IPv4 options contradict the header length"),
    MALFORMED_IPV6("IPv6 version or payload length contradicts the frame"),
    MALFORMED_IPV6_EXTENSION("IPv6 extension headers cut off, out of order, or more than 8"),
    MALFORMED_FRAGMENT(
            "fragment of impossible offset or length, or too short for its transport header"),
    FRAGMENT_OVERLAP(
            "fragment overlaps others of its datagram, repeats one, or contradicts its end"),
    FRAGMENT_WITHOUT_FIRST(
            "later fragment whose first one didn't come in time, or too many waited for theirs"),
    MALFORMED_TCP("TCP header cut off, or its data offset contradicts the packet"),
    MALFORMED_UDP("UDP header cut off, or its length contradicts the packet"),
    MALFORMED_ICMP("ICMP header cut off"),
    MALFORMED_ICMPV6("ICMPv6 header cut off"),
    MALFORMED_VXLAN("VXLAN header cut off, or without a valid network identifier"),
    VXLAN_RESERVED_BITS("VXLAN header with bits set that must be zero"),
    VNI_UNKNOWN("no network here has this VXLAN network identifier"),
    PEER_NOT_ALLOWED("sender isn't among the network's peers"),
    TUNNEL_LOOP("a packet of our own came back"),
    TUNNEL_CONGESTION("marked as congested on its way, but its own header can't say so (RFC 6040)"),
    MALFORMED_OFFLOAD("virtio_net_hdr contradicts the frame"),
    SOURCE_MAC_INVALID("source MAC is a group address or zero"),
    RESERVED_MULTICAST("destination is link-local reserved (01:80:c2:00:00:0x), never forwarded"),
    PORT_DISABLED("port is disabled"),
    GUARD_MAC("source MAC isn't the port's"),
    GUARD_IPV4("IPv4 source isn't an address of the port"),
    GUARD_IPV6("IPv6 source isn't an address of the port"),
    GUARD_ARP("ARP sender isn't the port's MAC and address"),
    GUARD_ND("neighbour discovery names another's MAC or address, or its options are broken"),
    GUARD_DHCP("an endpoint plays DHCP server"),
    GUARD_RA("an endpoint plays router: router advertisement or redirect"),
    STORM_ARP("more ARP than the port's limit"),
    STORM_DHCP("more DHCP than the port's limit"),
    STORM_ND("more neighbour discovery than the port's limit"),
    STORM_BROADCAST("more broadcast and multicast than the port's limit"),
    ANSWERED(
            "the switch answered in the place of its receiver: it knew the address, or a rule said"
                    + " so"),
    NO_NETWORK("port belongs to no network and no rule redirects the packet"),
    NO_ROUTE("router has no route to its destination"),
    NO_NEIGHBOUR("router doesn't know the MAC of the next hop, or where that is"),
    NO_DESTINATION("nobody else is on the network"),
    SAME_PORT("destination is behind the port the packet came from"),
    DESTINATION_GONE("port that the packet was to leave through has gone"),
    POLICY_BLOCKED("a rule blocks it"),
    RATE_LIMITED("more than a rate limit of a rule or of the port lets pass"),
    REJECTED("a rule rejects it; its sender is told where that is allowed"),
    LAYER_DEFAULT("no rule of a layer allows it and the layer's default is block"),
    CONNECTIONS_FULL("no room for another connection of a stateful layer"),
    CONNECTION_LIMIT(
            "port has as many connections of this class as its limit, none of which gives way"),
    TCP_OUT_OF_WINDOW("TCP segment with a sequence number that its receiver can't expect"),
    NAT_EXHAUSTED("no free address and port for another connection of a NAT rule"),
    NAT_NO_CONNECTION("a NAT rule decides, and the packet neither opens a connection nor has one"),
    NAT_ENDED("the rules in force don't translate its connection as it was translated so far"),
    NO_BACKEND("no backend of the load balancer takes new connections; its sender is told"),
    REWRITE_IMPOSSIBLE("a rule rewrites a field that the packet doesn't have"),
    TTL_EXCEEDED("TTL or hop limit reached zero"),
    EXCEEDS_MTU("larger than the MTU of the port it was to leave through"),
    SEGMENTATION_FAILED("super-frame can't be cut for a port without offloads"),
    TX_QUEUE_FULL("port takes no more"),
    TX_ERROR("writing to the port failed"),
    NO_BUFFER("packet pool exhausted"),
    HANDOVER_FULL("the worker that keeps connections takes no more packets of others"),
    INTERNAL_ERROR(
            "an unexpected error in the switch while handling this packet; see the error log");

    private final String text;
    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    DropReason(final String text) {
        this.text = text;
    }

    /** One line for people: what was wrong with the packet. */
    public String text() {
        return text;
    }

    /** Name in the CLI and in the counters file, for instance {@code policy-blocked}. */
    public String label() {
        return label;
    }
}

package io.vswitch.core.guard;

import java.util.Locale;

/** What can be checked of the frames that come from an endpoint. */
public enum Guard {
    /** The source MAC is the port's. */
    MAC,

    /** The IPv4 source is one of the port's addresses, or 0.0.0.0 to a DHCP server. */
    IPV4,

    /**
     * The IPv6 source is one of the port's addresses, a link-local one, or :: of neighbour
     * discovery and multicast listener reports.
     */
    IPV6,

    /** The sender of ARP has the port's MAC and one of its addresses; 0.0.0.0 in requests. */
    ARP,

    /** Neighbour discovery names only the port's MAC and addresses. */
    ND,

    /** No answers of a DHCP server, IPv4 or IPv6. */
    DHCP,

    /** No router advertisements and no redirects. */
    RA,

    /** Limits of ARP, DHCP, neighbour discovery and other broadcast and multicast. */
    STORM;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Name in the CLI. */
    public String label() {
        return label;
    }
}

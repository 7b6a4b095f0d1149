package io.vswitch.core.packet;

/** IP protocol numbers that the switch looks at (IANA "Assigned Internet Protocol Numbers"). */
public final class IpProtocol {
    /** IPv6 hop-by-hop options; in IPv4 unassigned. */
    public static final int HOP_BY_HOP = 0;

    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int DCCP = 33;
    public static final int IPV6_ROUTING = 43;
    public static final int IPV6_FRAGMENT = 44;
    public static final int ESP = 50;
    public static final int AH = 51;
    public static final int ICMPV6 = 58;
    public static final int IPV6_NO_NEXT = 59;
    public static final int IPV6_DESTINATION_OPTIONS = 60;
    public static final int UDP_LITE = 136;

    private IpProtocol() {}
}

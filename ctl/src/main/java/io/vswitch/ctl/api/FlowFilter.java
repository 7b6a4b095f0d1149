package io.vswitch.ctl.api;

/**
 * Which flows are meant: those that pass every condition that isn't null; immutable.
 *
 * @param port name of the port they came in through.
 * @param srcIp address or prefix; {@code dstIp} likewise.
 * @param proto tcp, udp, icmp, icmpv6, arp or the number of a protocol.
 * @param srcPort of TCP or UDP; {@code dstPort} likewise.
 * @param dropped true: those that are dropped; false or null: any.
 * @param rule id of a rule that decided, or {@code GROUP/ID}, {@code LAYER/GROUP/ID}, {@code
 *     PORT/LAYER/GROUP/ID}.
 */
public record FlowFilter(
        String port,
        String srcIp,
        String dstIp,
        String proto,
        Integer srcPort,
        Integer dstPort,
        Boolean dropped,
        String rule) {
    /** Every flow. */
    public static final FlowFilter ALL =
            new FlowFilter(null, null, null, null, null, null, null, null);

    /** True when there is no condition. */
    public boolean hasNoCondition() {
        return new FlowFilter(
                        port,
                        srcIp,
                        dstIp,
                        proto,
                        srcPort,
                        dstPort,
                        Boolean.TRUE.equals(dropped) ? true : null,
                        rule)
                .equals(ALL);
    }
}

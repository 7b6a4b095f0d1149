package io.vswitch.core.state;

import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.TcpHeader;
import java.util.Locale;

/**
 * Where in its life a connection is; immutable. Times are those of Open vSwitch 3.1
 * (lib/conntrack-tp.c), ICMP 30 s. Where flows may keep the news of packets for {@link
 * Holding#LONGEST_NS}, the time is longer by that.
 */
public enum ConnectionState {
    /** SYN seen, no answer. */
    SYN_SENT(30, 240, false, false, PortLists.HALF_OPEN),

    /** Answered by SYN and ACK, or by a SYN of a simultaneous open. */
    SYN_RECEIVED(30, 240, false, false, PortLists.HALF_OPEN),

    /** The opener acknowledged the answer. */
    ESTABLISHED(86_400, 86_400, true, true, PortLists.ESTABLISHED),

    /** The opener sent FIN. */
    OPENER_CLOSING(900, 900, true, true, PortLists.ESTABLISHED),

    /** The other side sent FIN. */
    PEER_CLOSING(900, 900, true, true, PortLists.ESTABLISHED),

    /** Both sent FIN: late segments pass for a while; a repeated FIN begins it anew. */
    TIME_WAIT(45, 240, false, false, PortLists.OVER),

    /** Reset by either side. */
    CLOSED(30, 240, false, false, PortLists.OVER),

    /** Datagrams of the opener only. */
    UDP_SINGLE(60, 120, true, true, PortLists.UNANSWERED),

    /** Datagrams both ways. */
    UDP_MULTIPLE(30, 300, true, true, PortLists.ANSWERED),

    /** ICMP echo. */
    ICMP(30, 60, true, true, PortLists.ECHO);

    private static final int DECISIVE = TcpHeader.SYN | TcpHeader.FIN | TcpHeader.RST;

    /** How many there are. */
    static final int COUNT = 10;

    private static final ConnectionState[] STATES = values();

    private final long timeoutNs;
    private final long translatedTimeoutNs;
    private final boolean refreshed;
    private final boolean settled;
    private final int kind;

    ConnectionState(
            final long timeoutSeconds,
            final long translatedSeconds,
            final boolean refreshed,
            final boolean settled,
            final int kind) {
        final long holdNs = settled ? Holding.LONGEST_NS : 0;
        this.timeoutNs = timeoutSeconds * 1_000_000_000L + holdNs;
        this.translatedTimeoutNs = translatedSeconds * 1_000_000_000L + holdNs;
        this.refreshed = refreshed;
        this.settled = settled;
        this.kind = kind;
    }

    /** How long a connection stays here without a packet, nanoseconds. */
    public long timeoutNs() {
        return timeoutNs;
    }

    /**
     * The same for a translated connection, whose port may go to another afterwards: at least what
     * RFC 4787 REQ-5 (UDP), RFC 5382 REQ-5 (TCP) and RFC 5508 REQ-2 (ICMP) ask for.
     */
    public long translatedTimeoutNs() {
        return translatedTimeoutNs;
    }

    /** As people read it: {@code time-wait}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a connection here is worth, see {@link PortLists}. */
    int kind() {
        return kind;
    }

    static ConnectionState of(final int ordinal) {
        return STATES[ordinal];
    }

    /** True when this packet begins the time anew; else it runs from entering the state. */
    boolean isRefreshedBy(final int tcpFlags) {
        return refreshed || this == TIME_WAIT && (tcpFlags & TcpHeader.FIN) != 0;
    }

    /** True when only segments with SYN, FIN or RST can change it soon. */
    boolean isSettled() {
        return settled;
    }

    /** True for a segment that opens a connection: SYN alone. */
    static boolean opens(final int tcpFlags) {
        return (tcpFlags & (DECISIVE | TcpHeader.ACK)) == TcpHeader.SYN;
    }

    /** True for a segment that every connection's state must hear of: SYN, FIN or RST. */
    public static boolean isDecisive(final int tcpFlags) {
        return (tcpFlags & DECISIVE) != 0;
    }

    /** True while a SYN says where its side begins. */
    boolean isOpening() {
        return this == SYN_SENT || this == SYN_RECEIVED;
    }

    /** True when a SYN may open the connection anew. */
    boolean isOver() {
        return this == TIME_WAIT || this == CLOSED;
    }

    /** Of the first packet of a connection. */
    static ConnectionState first(final int protocol) {
        if (protocol == IpProtocol.TCP) {
            return SYN_SENT;
        }
        return protocol == IpProtocol.UDP ? UDP_SINGLE : ICMP;
    }

    /** The state after a packet. */
    ConnectionState after(final int protocol, final boolean fromOpener, final int tcpFlags) {
        if (protocol == IpProtocol.TCP) {
            return after(fromOpener, tcpFlags);
        }
        return protocol == IpProtocol.UDP && !fromOpener ? UDP_MULTIPLE : this;
    }

    /** The state after a TCP segment (RFC 9293 section 3.3.2, seen from the middle). */
    private ConnectionState after(final boolean fromOpener, final int tcpFlags) {
        if ((tcpFlags & TcpHeader.RST) != 0) {
            return CLOSED;
        }
        if ((tcpFlags & TcpHeader.SYN) != 0) {
            return afterSyn(fromOpener, tcpFlags);
        }
        if ((tcpFlags & TcpHeader.FIN) != 0) {
            return afterFin(fromOpener);
        }
        if (this == SYN_RECEIVED && fromOpener) {
            return ESTABLISHED;
        }
        return this;
    }

    private ConnectionState afterSyn(final boolean fromOpener, final int tcpFlags) {
        if (fromOpener) {
            return isOver() && opens(tcpFlags) ? SYN_SENT : this;
        }
        final boolean answers = (tcpFlags & TcpHeader.ACK) != 0;
        return this == SYN_SENT || this == TIME_WAIT && answers ? SYN_RECEIVED : this;
    }

    private ConnectionState afterFin(final boolean fromOpener) {
        switch (this) {
            case SYN_RECEIVED:
            case ESTABLISHED:
                return fromOpener ? OPENER_CLOSING : PEER_CLOSING;
            case OPENER_CLOSING:
                return fromOpener ? this : TIME_WAIT;
            case PEER_CLOSING:
                return fromOpener ? TIME_WAIT : this;
            default:
                return this;
        }
    }
}

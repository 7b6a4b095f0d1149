package io.vswitch.ctl.daemon;

import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Reads a packet written for people and makes its frame; one instance per packet, any thread.
 *
 * <pre>
 *   icmp 10.0.0.1 &gt; 10.0.0.2            echo request; "reply" behind it makes a reply
 *   tcp 10.0.0.1:1234 &gt; 10.0.0.2:80 syn  flags: fin syn rst psh ack urg
 *   udp [fd00::1]:53 &gt; [fd00::2]:53
 *   arp who-has 10.0.0.2 [tell 10.0.0.1]
 *   hex:ffffffffffff...                  a whole Ethernet frame
 * </pre>
 *
 * Before the first word may stand {@code MAC > MAC} and {@code vlan N}; without MACs they are those
 * of the endpoints that have the addresses.
 */
final class PacketText {
    private static final List<String> KINDS = List.of("icmp", "tcp", "udp", "arp", "ip", "hex:");
    private static final List<String> FLAGS = List.of("fin", "syn", "rst", "psh", "ack", "urg");
    private static final int EPHEMERAL = 40_000;

    private final String text;
    private final String portMac;
    private final String portIp;
    private final Function<String, String> macOf;
    private final List<String> words;
    private int next;

    /**
     * Takes what is known of the endpoints.
     *
     * @param portMac MAC of the endpoint behind the port it comes from, or null.
     * @param portIp its address, or null.
     * @param macOf MAC of the endpoint with an address, or null.
     */
    PacketText(
            final String text,
            final String portMac,
            final String portIp,
            final Function<String, String> macOf) {
        this.text = text;
        this.portMac = portMac;
        this.portIp = portIp;
        this.macOf = macOf;
        this.words = new ArrayList<>(List.of(text.trim().split("\\s+")));
    }

    /** The Ethernet frame, checksums right. */
    byte[] frame() {
        if (words.get(0).toLowerCase(Locale.ROOT).startsWith("hex:")) {
            return hex();
        }
        Long source = null;
        Long destination = null;
        if (words.size() > 2
                && words.get(1).equals(">")
                && words.get(0).chars().filter(c -> c == ':').count() == 5) {
            source = Mac.parse(take());
            take();
            destination = Mac.parse(take());
        }
        int vlan = 0;
        if (peek().equals("vlan")) {
            take();
            vlan = number(take(), 4094, "VLAN");
        }
        final FrameBuilder frame = new FrameBuilder(source, destination, vlan);
        final String kind = take().toLowerCase(Locale.ROOT);
        switch (kind) {
            case "icmp", "tcp", "udp" -> ip(frame, kind);
            case "arp" -> arp(frame);
            default -> throw unknown(kind);
        }
        if (next < words.size()) {
            throw bad("'" + words.get(next) + "' is one word too many");
        }
        return frame.bytes();
    }

    private Refusal unknown(final String kind) {
        final String nearest = Names.nearest(kind, KINDS);
        return bad(
                "'%s' is no kind of packet%s; allowed are icmp, tcp, udp, arp, hex:BYTES"
                        .formatted(
                                kind, nearest == null ? "" : " (did you mean '" + nearest + "'?)"));
    }

    private Refusal bad(final String why) {
        return Refusal.usage("packet '" + text + "': " + why);
    }

    private byte[] hex() {
        final String digits = String.join("", words).substring(4).replace(":", "");
        try {
            final byte[] frame = HexFormat.of().parseHex(digits);
            if (frame.length < 1 || frame.length > 65_535) {
                throw bad(frame.length + " bytes; allowed are 1 to 65535");
            }
            return frame;
        } catch (IllegalArgumentException e) {
            throw bad("after hex: only pairs of hexadecimal digits are allowed");
        }
    }

    private void arp(final FrameBuilder frame) {
        if (!take().equals("who-has")) {
            throw bad("write it like: arp who-has 10.0.0.2");
        }
        final Ip target = v4(take());
        Ip sender = portIp == null ? Ip.parse("address", "0.0.0.0") : v4(portIp);
        if (peek().equals("tell")) {
            take();
            sender = v4(take());
        }
        frame.arp(source(frame, sender), target.bytes(), sender.bytes());
    }

    private Ip v4(final String word) {
        final Ip ip = Ip.parse("packet address", word);
        if (!ip.isV4()) {
            throw bad("ARP is for IPv4 addresses; " + word + " is not");
        }
        return ip;
    }

    private void ip(final FrameBuilder frame, final String kind) {
        final Endpoint from = endpoint(kind, EPHEMERAL);
        if (!take().equals(">")) {
            throw bad("write it like: " + kind + " 10.0.0.1 > 10.0.0.2");
        }
        final Endpoint to = endpoint(kind, -1);
        if (from.ip.bits() != to.ip.bits()) {
            throw bad("source and destination are of different families");
        }
        frame.ethernet(source(frame, from.ip), destination(frame, to.ip));
        switch (kind) {
            case "tcp" -> frame.tcp(from.ip, to.ip, from.port, to.port, flags());
            case "udp" -> frame.udp(from.ip, to.ip, from.port, to.port);
            default -> frame.icmpEcho(from.ip, to.ip, isReply());
        }
    }

    private boolean isReply() {
        final boolean reply = peek().equals("reply");
        if (reply || peek().equals("request")) {
            take();
        }
        return reply;
    }

    private int flags() {
        int flags = 0;
        while (next < words.size()) {
            for (final String word : take().split("[,+]")) {
                final int bit = FLAGS.indexOf(word.toLowerCase(Locale.ROOT));
                if (bit < 0) {
                    throw bad(
                            "'"
                                    + word
                                    + "' is no TCP flag; allowed are "
                                    + String.join(", ", FLAGS));
                }
                flags |= 1 << bit;
            }
        }
        return flags == 0 ? 2 : flags;
    }

    private record Endpoint(Ip ip, int port) {}

    /** ADDRESS, or ADDRESS:PORT with brackets around an IPv6 address. */
    private Endpoint endpoint(final String kind, final int defaultPort) {
        final String word = take();
        final boolean bracketed = word.startsWith("[");
        final int end = bracketed ? word.indexOf(']') : word.indexOf(':');
        final boolean hasPort =
                bracketed
                        ? end > 0 && end + 1 < word.length()
                        : end > 0 && end == word.lastIndexOf(':');
        final String address =
                bracketed && end > 0
                        ? word.substring(1, end)
                        : hasPort ? word.substring(0, end) : word;
        final Ip ip = Ip.parse("packet address", address);
        if (hasPort) {
            final String port = word.substring(end + (bracketed ? 2 : 1));
            if (kind.equals("icmp")) {
                throw bad("ICMP has no ports");
            }
            return new Endpoint(ip, number(port, 65_535, "port"));
        }
        if (!kind.equals("icmp") && defaultPort < 0) {
            throw bad("destination port is missing; write it like " + word + ":80");
        }
        return new Endpoint(ip, defaultPort);
    }

    private int number(final String word, final int max, final String what) {
        if (!word.matches("\\d{1,5}") || Integer.parseInt(word) > max) {
            throw bad(what + " '" + word + "'; allowed are 0 to " + max);
        }
        return Integer.parseInt(word);
    }

    private long source(final FrameBuilder frame, final Ip ip) {
        if (frame.source() != null) {
            return frame.source();
        }
        if (portMac != null) {
            return Mac.parse(portMac);
        }
        final String mac = macOf.apply(ip.toString());
        if (mac == null) {
            throw bad(
                    "nobody is known to have "
                            + ip
                            + "; write MACs first: 02:00:00:00:00:01 > 02:00:00:00:00:02 ...");
        }
        return Mac.parse(mac);
    }

    private long destination(final FrameBuilder frame, final Ip ip) {
        if (frame.destination() != null) {
            return frame.destination();
        }
        if (ip.address().isMulticastAddress()) {
            return multicast(ip);
        }
        final String mac = macOf.apply(ip.toString());
        if (mac == null) {
            throw bad(
                    "nobody is known to have "
                            + ip
                            + "; write MACs first: 02:00:00:00:00:01 > 02:00:00:00:00:02 ...");
        }
        return Mac.parse(mac);
    }

    /** Group MACs of RFC 1112, 6.4 and RFC 2464, 7. */
    private static long multicast(final Ip ip) {
        final byte[] b = ip.bytes();
        long low = 0;
        for (final byte part : Arrays.copyOfRange(b, b.length - 4, b.length)) {
            low = low << 8 | part & 0xff;
        }
        return ip.isV4() ? 0x0100_5e00_0000L | low & 0x7f_ffff : 0x3333_0000_0000L | low;
    }

    private String peek() {
        return next < words.size() ? words.get(next).toLowerCase(Locale.ROOT) : "";
    }

    private String take() {
        if (next == words.size()) {
            throw bad("ends too early");
        }
        return words.get(next++);
    }
}

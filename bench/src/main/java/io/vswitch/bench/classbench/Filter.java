package io.vswitch.bench.classbench;

import io.vswitch.core.policy.HeaderFields;

/**
 * One filter over the IPv4 5-tuple as numbers; immutable. {@link #matches} compares them one by one
 * and shares nothing with the compiled rules.
 *
 * @param source address, the bits beyond {@code sourceLength} 0.
 * @param sourceLength prefix length, 0 to 32.
 * @param destination address, the bits beyond {@code destinationLength} 0.
 * @param destinationLength prefix length, 0 to 32.
 * @param protocol 0 to 255, or {@link #ANY}.
 * @param sourcePorts looked at when the protocol is TCP or UDP only.
 * @param destinationPorts likewise.
 */
public record Filter(
        int source,
        int sourceLength,
        int destination,
        int destinationLength,
        int protocol,
        PortRange sourcePorts,
        PortRange destinationPorts) {
    /** Any protocol. */
    public static final int ANY = -1;

    static int mask(final int length) {
        return length == 0 ? 0 : -1 << 32 - length;
    }

    boolean hasPorts() {
        return protocol == 6 || protocol == 17;
    }

    /** Whether an IPv4 packet matches. */
    public boolean matches(final HeaderFields packet) {
        return ((int) packet.sourceLow & mask(sourceLength)) == source
                && ((int) packet.destinationLow & mask(destinationLength)) == destination
                && (protocol == ANY || protocol == packet.protocol)
                && (!hasPorts()
                        || sourcePorts.contains(packet.sourcePort)
                                && destinationPorts.contains(packet.destinationPort));
    }

    /** The text of a rule with this action word. */
    public String text(final String action) {
        final StringBuilder text = new StringBuilder(action).append(" ethertype ipv4");
        appendPrefix(text, " src-ip ", source, sourceLength);
        appendPrefix(text, " dst-ip ", destination, destinationLength);
        if (protocol != ANY) {
            text.append(" proto ").append(protocol);
        }
        if (hasPorts()) {
            sourcePorts.append(text, " src-port ");
            destinationPorts.append(text, " dst-port ");
        }
        return text.toString();
    }

    private static void appendPrefix(
            final StringBuilder text, final String label, final int address, final int length) {
        if (length > 0) {
            text.append(label)
                    .append(address >>> 24)
                    .append('.')
                    .append(address >> 16 & 255)
                    .append('.')
                    .append(address >> 8 & 255)
                    .append('.')
                    .append(address & 255)
                    .append('/')
                    .append(length);
        }
    }
}

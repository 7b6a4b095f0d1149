package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Packets for tests. */
final class Packets {
    private Packets() {}

    /** TCP over IPv4, addresses and ports given as numbers. */
    static HeaderFields tcp(
            final long source,
            final long destination,
            final int sourcePort,
            final int destinationPort) {
        final HeaderFields f = new HeaderFields();
        f.sourceMac = 0x020000000001L;
        f.destinationMac = 0x020000000002L;
        f.etherType = 0x0800;
        f.protocol = 6;
        f.tcpFlags = 0x02;
        f.sourceLow = source;
        f.destinationLow = destination;
        f.sourcePort = sourcePort;
        f.destinationPort = destinationPort;
        return f;
    }

    static boolean same(final HeaderFields a, final HeaderFields b) {
        return Arrays.equals(values(a), values(b));
    }

    /** All fields in one line, hexadecimal. */
    static String text(final HeaderFields f) {
        return LongStream.of(values(f))
                .mapToObj(Long::toHexString)
                .collect(Collectors.joining(" "));
    }

    private static long[] values(final HeaderFields f) {
        return new long[] {
            f.sourceMac,
            f.destinationMac,
            f.etherType,
            f.outerVlan,
            f.innerVlan,
            f.ingressPort,
            f.protocol,
            f.tcpFlags,
            f.fragment,
            f.sourcePort,
            f.destinationPort,
            f.sourceHigh,
            f.sourceLow,
            f.destinationHigh,
            f.destinationLow,
            f.dscp,
            f.ttlDecrement,
            f.segmentLimit,
            f.metadata
        };
    }
}

package io.vswitch.bench.classbench;

import java.util.SplittableRandom;

/**
 * Ports from {@code first} to {@code last}, both included; immutable.
 *
 * @param first 0 to 65,535.
 * @param last {@code first} to 65,535.
 */
public record PortRange(int first, int last) {
    private static final int[] SERVICES = {80, 443, 53, 25, 22, 123, 161, 1521, 3306, 8080};

    /**
     * The five classes of port ranges that ClassBench tells apart (Taylor and Turner, 2007): any,
     * user ports, well-known ports, another range, one port.
     */
    enum Kind {
        WC,
        HI,
        LO,
        AR,
        EM
    }

    static PortRange draw(final Kind kind, final SplittableRandom random) {
        switch (kind) {
            case WC:
                return new PortRange(0, 65_535);
            case HI:
                return new PortRange(1024, 65_535);
            case LO:
                return new PortRange(0, 1023);
            case AR:
                final int first = 1024 + random.nextInt(60_000);
                return new PortRange(first, first + 1 + random.nextInt(200));
            default:
                final int port =
                        random.nextInt(2) == 0
                                ? SERVICES[random.nextInt(SERVICES.length)]
                                : 1 + random.nextInt(10_000);
                return new PortRange(port, port);
        }
    }

    boolean contains(final int port) {
        return port >= first && port <= last;
    }

    int draw(final SplittableRandom random) {
        return first + random.nextInt(last - first + 1);
    }

    void append(final StringBuilder text, final String label) {
        if (first == last) {
            text.append(label).append(first);
        } else if (first != 0 || last != 65_535) {
            text.append(label).append(first).append('-').append(last);
        }
    }
}

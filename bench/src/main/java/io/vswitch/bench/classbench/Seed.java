package io.vswitch.bench.classbench;

/**
 * What kind of filters a set consists of; immutable. The kinds acl, fw and ipc (access control
 * lists, firewalls, IP chains) and the five classes of port ranges are those of Taylor and Turner,
 * "ClassBench: A Packet Classification Benchmark", IEEE/ACM Transactions on Networking 15(3), 2007.
 * The weights are not the paper's: they are assumed, after the character of each kind (acl: the
 * destination specific, source ports open; fw: one address or both open, ranges of ports; ipc: in
 * between), so figures are not comparable with ones from the original seeds.
 */
public enum Seed {
    ACL(
            new int[][] {
                {0, 32, 15},
                {16, 32, 10},
                {24, 32, 25},
                {24, 24, 15},
                {28, 30, 10},
                {32, 32, 15},
                {20, 24, 5},
                {27, 32, 5}
            },
            new int[] {6, 75, 17, 15, 1, 4, Filter.ANY, 6},
            new int[] {98, 0, 0, 0, 2},
            new int[] {25, 4, 1, 10, 60}),
    FW(
            new int[][] {
                {0, 32, 20},
                {32, 0, 15},
                {0, 24, 10},
                {24, 0, 10},
                {0, 0, 1},
                {16, 32, 12},
                {24, 28, 12},
                {32, 32, 20}
            },
            new int[] {6, 55, 17, 25, 1, 5, 47, 2, Filter.ANY, 13},
            new int[] {65, 15, 1, 4, 15},
            new int[] {35, 8, 2, 10, 45}),
    IPC(
            new int[][] {
                {0, 32, 6},
                {32, 0, 4},
                {16, 16, 8},
                {24, 24, 14},
                {24, 32, 18},
                {32, 32, 40},
                {26, 28, 6},
                {20, 30, 4}
            },
            new int[] {6, 50, 17, 25, 1, 7, Filter.ANY, 18},
            new int[] {75, 5, 1, 2, 17},
            new int[] {45, 5, 1, 6, 43}),
    /**
     * Every pair of prefix lengths from 8 to 32 as likely as any other, all ports and protocols: as
     * many masks as a set can have, against tuple-space search. Ours, not the paper's.
     */
    ADVERSARIAL(
            allPairs(),
            new int[] {6, 50, 17, 25, Filter.ANY, 25},
            new int[] {50, 10, 10, 10, 20},
            new int[] {50, 10, 10, 10, 20});

    /** Source length, destination length, weight. */
    final int[][] prefixPairs;

    /** Protocol, weight and so on. */
    final int[] protocols;

    /** Weights of WC, HI, LO, AR, EM. */
    final int[] sourcePorts;

    /** Weights of WC, HI, LO, AR, EM. */
    final int[] destinationPorts;

    Seed(
            final int[][] prefixPairs,
            final int[] protocols,
            final int[] sourcePorts,
            final int[] destinationPorts) {
        this.prefixPairs = prefixPairs;
        this.protocols = protocols;
        this.sourcePorts = sourcePorts;
        this.destinationPorts = destinationPorts;
    }

    private static int[][] allPairs() {
        final int[][] pairs = new int[25 * 25][];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = new int[] {8 + i / 25, 8 + i % 25, 1};
        }
        return pairs;
    }
}

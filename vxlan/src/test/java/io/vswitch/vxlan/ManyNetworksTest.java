package io.vswitch.vxlan;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.tap.UdpOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three hosts, 20 networks on each, 50 endpoints on each of those; all networks use the same MACs
 * and addresses.
 */
@Tag("root")
class ManyNetworksTest {
    private static final int HOSTS = 3;
    private static final int NETWORKS = 20;
    private static final int PER_HOST = 50;
    private static final int ENDPOINTS = HOSTS * PER_HOST;
    private static final int FRAME_BYTES = 14 + 20 + 8 + 12;
    private static final int NAMES = FRAME_BYTES - 12;
    private static final int RING_BYTES = 64 * 1024;
    private static final long LIMIT_NS = 30_000_000_000L;
    private static final long BROADCAST = 0xffff_ffff_ffffL;

    /** For more ports than a switch has that counts in memory. */
    @TempDir private Path directory;

    private final List<OverlayHost> hosts = new ArrayList<>();
    private final MemoryPort[][] ports = new MemoryPort[NETWORKS][ENDPOINTS];
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[FRAME_BYTES]);
    private int network;
    private int endpoint;
    private int round;
    private int arrived;

    private static String address(final int host) {
        return "10.70.0." + (host + 1);
    }

    private void openHost(final Lab lab, final int host) {
        lab.ip("u", "addr add " + address(host) + "/32 dev lo");
        final UdpOptions options =
                new UdpOptions(OverlayHost.address(address(host))).namespace(lab.namespace("u"));
        final SwitchContext context =
                new SwitchContext().countersFile(directory.resolve("counters" + host));
        final OverlayHost opened = new OverlayHost(lab, context, options);
        hosts.add(opened);
        final String[] peers = {address((host + 1) % HOSTS), address((host + 2) % HOSTS)};
        for (int i = 0; i < NETWORKS; i++) {
            opened.network("net" + i, 1000 + i, peers);
            for (int j = host * PER_HOST; j < (host + 1) * PER_HOST; j++) {
                ports[i][j] = new MemoryPort("p" + i + "-" + j, 1500, 0, RING_BYTES);
                opened.vswitch.addPort(ports[i][j], "net" + i);
            }
        }
    }

    @Test
    void shouldReachAllOfTheirOwnNetworkAndNobodyElse() {
        try (Lab lab = new Lab()) {
            lab.add("u");
            for (int i = 0; i < HOSTS; i++) {
                openHost(lab, i);
            }
            announce();
            for (round = 1; round < ENDPOINTS; round++) {
                sendAll();
                drain(NETWORKS * ENDPOINTS);
            }
            for (final OverlayHost host : hosts) {
                assertTrue(host.booksBalance(), () -> host.vswitch.totals().toString());
            }
        } finally {
            hosts.forEach(OverlayHost::close);
        }
    }

    /** Each endpoint is heard once by all others of its network. */
    private void announce() {
        round = 0;
        for (int j = 0; j < ENDPOINTS; j++) {
            for (int i = 0; i < NETWORKS; i++) {
                send(i, j, BROADCAST, j);
            }
            drain(NETWORKS * (ENDPOINTS - 1));
        }
    }

    /** Each endpoint sends to another one, and each is sent to. */
    private void sendAll() {
        for (int i = 0; i < NETWORKS; i++) {
            for (int j = 0; j < ENDPOINTS; j++) {
                final int to = (j + round) % ENDPOINTS;
                send(i, j, mac(to), to);
            }
        }
    }

    private static long mac(final int of) {
        return 0x0200_0000_0000L | of;
    }

    /** An ICMP echo request that names its network, sender and receiver. */
    private void send(final int in, final int from, final long toMac, final int to) {
        frame.putLong(0, toMac << 16 | mac(from) >>> 32, BIG_ENDIAN);
        frame.putLong(8, mac(from) << 32 | 0x0800_4500L, BIG_ENDIAN);
        frame.putInt(16, (FRAME_BYTES - 14) << 16, BIG_ENDIAN);
        frame.putLong(20, 0x4001_0000_0000L, BIG_ENDIAN);
        frame.putInt(26, 0x0a00_0000 | from + 1, BIG_ENDIAN);
        frame.putInt(30, 0x0a00_0000 | to + 1, BIG_ENDIAN);
        Checksums.putIpv4(frame, 14);
        frame.putLong(34, 0x0800_0000_0001_0000L | round, BIG_ENDIAN);
        frame.putInt(NAMES, in, BIG_ENDIAN);
        frame.putInt(NAMES + 4, from, BIG_ENDIAN);
        frame.putInt(NAMES + 8, to, BIG_ENDIAN);
        final int sum = ~Checksums.sum(frame, 34, FRAME_BYTES - 34);
        frame.putShort(36, (short) sum, BIG_ENDIAN);
        assertTrue(ports[in][from].send(frame, 0, FRAME_BYTES));
    }

    /** Until as many have arrived as are expected, each where it belongs. */
    private void drain(final int expected) {
        final long start = System.nanoTime();
        arrived = 0;
        while (arrived < expected) {
            assertTrue(
                    System.nanoTime() - start < LIMIT_NS,
                    () -> "round " + round + ": " + arrived + " of " + expected);
            for (network = 0; network < NETWORKS; network++) {
                for (endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
                    ports[network][endpoint].receive(this::onFrame, 8);
                }
            }
        }
        assertEquals(expected, arrived);
    }

    private void onFrame(final DirectBuffer buffer, final int offset, final int length) {
        assertEquals(FRAME_BYTES, length);
        assertEquals(network, buffer.getInt(offset + NAMES, BIG_ENDIAN));
        final int from = buffer.getInt(offset + NAMES + 4, BIG_ENDIAN);
        if (round > 0) {
            assertEquals(endpoint, buffer.getInt(offset + NAMES + 8, BIG_ENDIAN));
            assertEquals((from + round) % ENDPOINTS, endpoint);
        }
        assertEquals(round, buffer.getShort(offset + 40, BIG_ENDIAN));
        arrived++;
    }
}

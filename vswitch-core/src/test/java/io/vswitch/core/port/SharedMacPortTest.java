package io.vswitch.core.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.l2.NeighbourTable;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames in hexadecimal, through the port's own queue. */
class SharedMacPortTest {
    private static final String HOST = "020000000001";
    private static final String ENDPOINT = "0242c0a83207";
    private static final String ROUTER = "020000000099";
    private static final String ALL = "ffffffffffff";
    private static final String IPV6 = "86dd600000002000" + "3aff";
    private static final String IP7 = "fd500000000000000000000000000007";
    private static final String IP1 = "fd500000000000000000000000000001";

    private final MemoryPort device = new MemoryPort("up");
    private final SharedMacPort port = new SharedMacPort(device, 0x0200_0000_0001L);
    private final PacketPool pool = new PacketPool(80, 2);
    private final PacketBatch batch = new PacketBatch(pool);

    SharedMacPortTest() {
        final NeighbourTable table = new NeighbourTable(1);
        final long mac = 0x0242_c0a8_3207L;
        table.put(0, NeighbourTable.ipv4(0xc0a83207), mac);
        table.put(0xfd50_0000_0000_0000L, 7, mac);
        port.endpoints(table);
    }

    private static String ipv4(final String target) {
        return "0800" + "450000140000000040110000c0a83201" + target;
    }

    private static String arp(final int operation, final String from, final String to) {
        return "0806000108000604000" + operation + from + to;
    }

    private String received(final String frame) {
        device.send(HexFormat.of().parseHex(frame));
        assertEquals(1, port.queue(0).receive(batch, 1));
        final byte[] bytes = new byte[batch.length(0)];
        batch.buffer().getBytes(batch.offset(0), bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private String sent(final String frame) {
        final byte[] bytes = HexFormat.of().parseHex(frame);
        final int slab = pool.allocate(bytes.length);
        batch.append(slab, pool.frameOffset(slab), bytes.length);
        batch.buffer().putBytes(batch.offset(0), bytes);
        port.queue(0).transmit(batch, new int[] {0}, 1, (slot, reason) -> {});
        final byte[] after = new byte[bytes.length];
        batch.buffer().getBytes(batch.offset(0), after);
        assertEquals(frame, HexFormat.of().formatHex(after), "others may send the same slab");
        final List<String> out = new ArrayList<>();
        device.receive(
                (buffer, offset, length) -> {
                    final byte[] copy = new byte[length];
                    buffer.getBytes(offset, copy);
                    out.add(HexFormat.of().formatHex(copy));
                },
                1);
        return out.get(0);
    }

    @Test
    void shouldGiveAFrameToTheEndpointThatHasItsAddress() {
        assertEquals(
                ENDPOINT + ROUTER + ipv4("c0a83207"), received(HOST + ROUTER + ipv4("c0a83207")));
        assertNull(batch.refusal(0));
    }

    @Test
    void shouldGiveTheReplyOfArpToItsAskerWhenTagged() {
        final String from = ROUTER + "c0a83201";
        assertEquals(
                ENDPOINT + ROUTER + "81000005" + arp(2, from, ENDPOINT + "c0a83207"),
                received(HOST + ROUTER + "81000005" + arp(2, from, HOST + "c0a83207")));
    }

    @Test
    void shouldLeaveAFrameForAllAlone() {
        final String frame = ALL + ROUTER + arp(1, ROUTER + "c0a83201", "000000000000c0a83207");
        assertEquals(frame, received(frame));
    }

    @Test
    void shouldRefuseAFrameForTheHostItself() {
        final String frame = HOST + ROUTER + ipv4("c0a83209");
        assertEquals(frame, received(frame));
        assertEquals(DropReason.SAME_PORT, batch.refusal(0));
    }

    @Test
    void shouldSayTheHostsMacInArp() {
        assertEquals(
                ALL + HOST + arp(1, HOST + "c0a83207", "000000000000c0a83201"),
                sent(ALL + ENDPOINT + arp(1, ENDPOINT + "c0a83207", "000000000000c0a83201")));
    }

    @Test
    void shouldSayTheHostsMacInNeighbourDiscoveryWithATrueChecksum() {
        final String head = "333300000001" + ENDPOINT + IPV6 + IP7 + IP1;
        final String solicitation = "8700%s00000000" + IP1 + "0101%s";

        final String out = sent(head + solicitation.formatted("6f56", ENDPOINT));

        final String expected = solicitation.formatted(out.substring(112, 116), HOST);
        assertEquals("333300000001" + HOST + IPV6 + IP7 + IP1 + expected, out);
        assertEquals(sum(solicitation.formatted("6f56", ENDPOINT)), sum(expected));
    }

    /** One's complement sum of words, as RFC 1071 says it. */
    private static int sum(final String hex) {
        int sum = 0;
        for (int i = 0; i < hex.length(); i += 4) {
            sum += Integer.parseInt(hex.substring(i, i + 4), 16);
        }
        return (sum & 0xffff) + (sum >>> 16);
    }

    @Test
    void shouldStayWithinFramesOfAnyBytes() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final String[] types = {"0800", "86dd", "0806", "8100", "88a8"};
        for (int i = 0; i < 5_000; i++) {
            final byte[] rest = new byte[random.nextInt(80)];
            random.nextBytes(rest);
            final String frame =
                    HOST + ROUTER + types[random.nextInt(5)] + HexFormat.of().formatHex(rest);
            final int bytes = 1 + random.nextInt(frame.length() / 2);
            final String cut = frame.substring(0, 2 * bytes);
            assertEquals(cut.length(), received(cut).length(), "seed " + seed);
            batch.releaseAll();
            assertEquals(Math.max(28, cut.length()), sent(pad(cut)).length(), "seed " + seed);
            batch.releaseAll();
        }
    }

    /** The pipeline has checked that what it sends has an Ethernet header. */
    private static String pad(final String hex) {
        return hex + "0".repeat(Math.max(0, 28 - hex.length()));
    }
}

package io.vswitch.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vswitch.core.counters.DropReason;
import io.vswitch.core.flow.Transposition;
import io.vswitch.core.policy.HeaderFields;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Feeds arbitrary bytes to parser, transposition and segmentation; the frame lies between canaries.
 * Runs over the kept inputs in every build. It searches for new ones, for a minute, with:
 *
 * <pre>
 *   JAZZER_FUZZ=1 ./mvnw -pl vswitch-core test -Dtest=PacketFuzzTest
 * </pre>
 *
 * <pre>
 *   input:  | virtio_net_hdr 10 | what to rewrite 2 | frame |
 * </pre>
 */
class PacketFuzzTest {
    private static final int CONTROL = VirtioNetHeader.LENGTH + 2;
    private static final int MAX_BATCHES = 4;

    private final PacketFixture fixture = new PacketFixture();
    private final PacketBatch pieces = new PacketBatch(fixture.pool());
    private final SegmentCutter cutter = new SegmentCutter();

    @FuzzTest(maxDuration = "1m")
    void shouldNeitherThrowNorTouchOtherMemory(final byte[] input) {
        if (input.length < CONTROL || input.length > CONTROL + PacketPool.LARGE_CAPACITY) {
            return;
        }
        fixture.load(Arrays.copyOfRange(input, CONTROL, input.length));
        VirtioNetHeader.decode(new UnsafeBuffer(input), 0, fixture.batch(), 0);
        if (fixture.parse() != null) {
            assertEquals(0, fixture.batch().parseFlags(0));
            return;
        }
        assertOffsetsInside();
        rewrite(
                input[VirtioNetHeader.LENGTH] & 0xff
                        | (input[VirtioNetHeader.LENGTH + 1] & 0xff) << 8);
        assertNull(fixture.reparse());
        final DropReason uncut = cutter.begin(fixture.batch(), 0);
        for (int i = 0; uncut == null && i < MAX_BATCHES && !cutter.isDone(); i++) {
            assertTrue(cutter.cutInto(pieces) > 0);
            assertPieces();
            pieces.releaseAll();
        }
        Checksums.complete(fixture.batch(), 0);
        assertTrue(fixture.areCanariesAlive(), "memory outside the frame was written");
        assertEquals(1, fixture.pool().inUse());
    }

    private void assertOffsetsInside() {
        final PacketBatch batch = fixture.batch();
        final int end = batch.offset(0) + batch.length(0);
        assertTrue(
                batch.l3Offset(0) >= batch.offset(0) + EthernetHeader.LENGTH
                        && batch.l3Offset(0) <= end);
        final int l4 = batch.l4Offset(0);
        assertTrue(
                l4 == 0
                        || l4 >= batch.l3Offset(0) + Ipv4Header.MIN_LENGTH
                                && l4 + UdpHeader.LENGTH <= end);
    }

    private void assertPieces() {
        for (int i = 0; i < pieces.count(); i++) {
            assertNull(PacketParser.parse(pieces, i, 1));
        }
    }

    /** Each bit of {@code what} rewrites something. */
    private void rewrite(final int what) {
        final HeaderFields before = fixture.fields();
        final HeaderFields after = new HeaderFields().copyFrom(before);
        after.destinationMac ^= what & 1;
        after.sourceMac = (what & 2) != 0 ? 0x0200_0000_0077L : before.sourceMac;
        after.outerVlan = (what & 4) != 0 ? FlowKey.VLAN_PRESENT | what & 0xfff : before.outerVlan;
        after.innerVlan = (what & 8) != 0 ? FlowKey.VLAN_PRESENT | what >> 4 : before.innerVlan;
        after.outerVlan = (what & 12) == 8 ? 0 : after.outerVlan;
        after.sourceLow ^= what >> 4 & 1;
        after.destinationLow ^= what >> 5 & 1;
        after.destinationHigh ^= what >> 6 & 1;
        after.sourcePort ^= what >> 7 & 1;
        after.destinationPort ^= what >> 8 & 1;
        after.dscp = (what & 0x200) != 0 ? what >> 10 & 0x3f : -1;
        after.ttlDecrement = what >> 10 & 1;
        final Transposition change = Transposition.between(before, after);
        final byte[] frame = fixture.frame();
        if (change != null && change.apply(fixture.batch(), 0) != null) {
            assertTrue(
                    Arrays.equals(frame, fixture.frame()), "a refused rewrite changed the packet");
        }
    }
}

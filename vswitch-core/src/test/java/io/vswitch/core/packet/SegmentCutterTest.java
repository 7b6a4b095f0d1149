package io.vswitch.core.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SegmentCutterTest {
    private static final int HEADERS = 14 + 8 + 60 + 60;

    private final PacketFixture fixture = new PacketFixture();
    private final PacketBatch target = new PacketBatch(fixture.pool());
    private final SegmentCutter cutter = new SegmentCutter();

    @Property(tries = 500)
    void shouldCutAsIfTheSenderHadSentSingleFrames(@ForAll final long seed) {
        final Random random = new Random(seed);
        final FrameSpec spec = superFrame(random, random.nextInt(4) == 0 ? 65_535 - HEADERS : 6000);
        final int size = 8 + random.nextInt(1480);
        load(spec, size);
        assertNull(fixture.parse(), "super-frame");
        assertSegments(expected(spec, size), cutAll());
    }

    private static FrameSpec superFrame(final Random random, final int maxPayload) {
        final FrameSpec spec = FrameSpec.random(random, maxPayload);
        spec.protocol = random.nextInt(3) == 0 ? 17 : 6;
        spec.partial = true;
        return spec;
    }

    private void load(final FrameSpec spec, final int size) {
        fixture.load(spec.build());
        final boolean tcp = spec.protocol == 6;
        final int type = tcp ? spec.v6 ? Offload.GSO_TCPV6 : Offload.GSO_TCPV4 : Offload.GSO_UDP_L4;
        fixture.batch().offload(0, Offload.NEEDS_CHECKSUM, type, size, 0, spec.l4(), tcp ? 16 : 6);
    }

    /** Builds each frame from the super-frame's fields. */
    private static List<byte[]> expected(final FrameSpec spec, final int size) {
        final List<byte[]> frames = new ArrayList<>();
        final int length = spec.payload.length;
        for (int from = 0; from == 0 || from < length; from += size) {
            final FrameSpec piece = spec.clone();
            final int to = Math.min(length, from + size);
            piece.partial = false;
            piece.payload = Arrays.copyOfRange(spec.payload, from, to);
            piece.identification = spec.identification + frames.size() & 0xffff;
            piece.sequence = spec.sequence + from;
            piece.tcpFlags &= from > 0 ? 0x7f : 0xff;
            piece.tcpFlags &= to < length ? 0xf6 : 0xff;
            frames.add(piece.build());
        }
        return frames;
    }

    private List<byte[]> cutAll() {
        assertNull(cutter.begin(fixture.batch(), 0));
        final List<byte[]> frames = new ArrayList<>();
        final int held = fixture.pool().inUse();
        while (!cutter.isDone()) {
            final int left = cutter.remaining();
            final int cut = cutter.cutInto(target);
            assertTrue(cut > 0);
            assertEquals(left - cut, cutter.remaining());
            for (int i = 0; i < target.count(); i++) {
                frames.add(bytes(i));
                assertEquals(0, target.offloadFlags(i) | target.gsoType(i));
            }
            target.releaseAll();
        }
        assertEquals(held, fixture.pool().inUse());
        return frames;
    }

    private byte[] bytes(final int slot) {
        final byte[] bytes = new byte[target.length(slot)];
        target.buffer().getBytes(target.offset(slot), bytes);
        return bytes;
    }

    private static void assertSegments(final List<byte[]> expected, final List<byte[]> cut) {
        assertEquals(expected.size(), cut.size());
        for (int i = 0; i < cut.size(); i++) {
            assertArrayEquals(expected.get(i), cut.get(i), "segment " + i);
        }
    }

    @Test
    void shouldLeaveOutPaddingOfTheSuperFrame() {
        final FrameSpec spec = superFrame(new Random(3), 3000);
        final byte[] frame = spec.build();
        load(spec, 1000);
        final int slab = fixture.pool().allocateLarge();
        final int start = fixture.pool().frameOffset(slab);
        fixture.pool().buffer().putBytes(start, frame);
        final int slot = fixture.batch().append(slab, start, frame.length + 40);
        fixture.batch().offloadFrom(slot, fixture.batch(), 0);
        assertNull(PacketParser.parse(fixture.batch(), slot, 1));
        assertNull(cutter.begin(fixture.batch(), slot));
        cutter.cutInto(target);
        assertSegments(
                expected(spec, 1000),
                List.of(bytes(0), bytes(1), bytes(2)).subList(0, target.count()));
    }

    @Test
    void shouldGiveParseResultsOfTheSuperFrameToEachPiece() {
        final FrameSpec spec = superFrame(new Random(8), 4000);
        load(spec, 700);
        assertNull(fixture.parse());
        assertNull(cutter.begin(fixture.batch(), 0));
        final int cut = cutter.cutInto(target);
        final long[] key = fixture.key();
        for (int i = 0; i < cut; i++) {
            final int l3 = target.l3Offset(i);
            final int l4 = target.l4Offset(i);
            final int flags = target.parseFlags(i);
            assertArrayEquals(key, Arrays.copyOfRange(target.keys(), i * 8, i * 8 + 8));
            assertNull(PacketParser.parse(target, i, PacketFixture.PORT));
            assertEquals(l3, target.l3Offset(i));
            assertEquals(l4, target.l4Offset(i));
            assertEquals(flags & 0xffff, target.parseFlags(i) & 0xffff);
        }
    }

    @Test
    void shouldGoOnWhenTheTargetWasFull() {
        final FrameSpec spec = superFrame(new Random(9), 0);
        spec.payload = new byte[30_000];
        load(spec, 100);
        assertNull(fixture.parse());
        assertNull(cutter.begin(fixture.batch(), 0));
        assertEquals(300, cutter.remaining());
        assertEquals(PacketBatch.CAPACITY, cutter.cutInto(target));
        assertEquals(0, cutter.cutInto(target));
        assertFalse(cutter.isDone());
        target.releaseAll();
    }

    @Test
    void shouldStopWithoutALeakWhenThePoolIsExhausted() {
        final PacketPool pool = new PacketPool(1, 2);
        final PacketBatch source = new PacketBatch(pool);
        final PacketBatch pieces = new PacketBatch(pool);
        final FrameSpec spec = superFrame(new Random(9), 0);
        spec.payload = new byte[30_000];
        final byte[] frame = spec.build();
        final int slab = pool.allocate(frame.length);
        pool.buffer().putBytes(pool.frameOffset(slab), frame);
        source.append(slab, pool.frameOffset(slab), frame.length);
        load(spec, 1000);
        source.offloadFrom(0, fixture.batch(), 0);
        assertNull(PacketParser.parse(source, 0, 1));
        assertNull(cutter.begin(source, 0));
        assertEquals(2, cutter.cutInto(pieces));
        assertEquals(0, cutter.cutInto(pieces));
        assertFalse(pieces.isFull() || cutter.isDone());
        pieces.releaseAll();
        source.releaseAll();
        assertEquals(0, pool.inUse());
    }

    @Test
    void shouldRefuseWhatIsNoSuperFrame() {
        final FrameSpec spec = superFrame(new Random(1), 100);
        fixture.load(spec.build());
        assertNull(fixture.parse());
        assertEquals(DropReason.SEGMENTATION_FAILED, cutter.begin(fixture.batch(), 0));
        assertTrue(cutter.isDone());
    }
}

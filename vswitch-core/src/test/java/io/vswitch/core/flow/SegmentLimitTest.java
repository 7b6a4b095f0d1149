package io.vswitch.core.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.packet.FrameSpec;
import io.vswitch.core.packet.NaiveChecksum;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketFixture;
import io.vswitch.core.packet.TcpHeader;
import io.vswitch.core.policy.HeaderFields;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The maximum segment size of SYNs, lowered in place with whole and partial checksums. */
class SegmentLimitTest {
    private final PacketFixture fixture = new PacketFixture();

    /** An option of a size, behind so many bytes of padding and before others. */
    private static byte[] options(final int before, final int size, final int after) {
        final byte[] options = new byte[(before + 4 + after + 3) / 4 * 4];
        Arrays.fill(options, (byte) 1);
        options[before] = 2;
        options[before + 1] = 4;
        options[before + 2] = (byte) (size >> 8);
        options[before + 3] = (byte) size;
        return options;
    }

    private Transposition load(final FrameSpec spec, final int limit) {
        fixture.load(spec.build());
        if (spec.partial) {
            final int field = NaiveChecksum.field(spec.l4(), 6);
            fixture.batch()
                    .offload(0, Offload.NEEDS_CHECKSUM, 0, 0, 0, spec.l4(), field - spec.l4());
        }
        assertNull(fixture.parse());
        final HeaderFields after = new HeaderFields().copyFrom(fixture.fields());
        after.segmentLimit = limit;
        return Transposition.between(fixture.fields(), after);
    }

    /** Two checksums that differ in the sign of zero are the same. */
    private static void assertSame(final byte[] wanted, final byte[] frame, final FrameSpec spec) {
        final int field = NaiveChecksum.field(spec.l4(), 6);
        NaiveChecksum.put(wanted, field, NaiveChecksum.get(wanted, field) % 0xffff);
        NaiveChecksum.put(frame, field, NaiveChecksum.get(frame, field) % 0xffff);
        assertArrayEquals(wanted, frame);
    }

    @Property(tries = 5_000)
    void shouldGiveTheSynThatWouldHaveBeenBuiltWithTheLowerSize(@ForAll final long seed) {
        final Random random = new Random(seed);
        final FrameSpec spec = FrameSpec.random(random, 50);
        spec.protocol = 6;
        spec.partial = random.nextBoolean();
        final boolean syn = random.nextInt(4) > 0;
        spec.tcpFlags = syn ? spec.tcpFlags | TcpHeader.SYN : spec.tcpFlags & ~TcpHeader.SYN;
        final int before = random.nextInt(6);
        final int after = random.nextInt(6);
        final int size = random.nextInt(0x10000);
        final int limit = 64 + random.nextInt(0x10000 - 64);
        spec.tcpOptions = options(before, size, after);
        final FrameSpec expected = spec.clone();
        expected.tcpOptions = options(before, syn ? Math.min(size, limit) : size, after);

        assertNull(load(spec, limit).apply(fixture.batch(), 0));
        assertSame(expected.build(), fixture.frame(), spec);
        assertTrue(fixture.areCanariesAlive());
    }

    @Property(tries = 5_000)
    void shouldStayWithinTheHeaderWhenOptionsAreHostile(@ForAll final long seed) {
        final Random random = new Random(seed);
        final FrameSpec spec = FrameSpec.random(random, 0);
        spec.protocol = 6;
        spec.tcpFlags = TcpHeader.SYN;
        for (int i = 0; i < spec.tcpOptions.length; i++) {
            spec.tcpOptions[i] = (byte) random.nextInt(6);
        }
        assertNull(load(spec, 64).apply(fixture.batch(), 0));
        assertTrue(fixture.areCanariesAlive());
        final byte[] frame = fixture.frame();
        final byte[] checked = frame.clone();
        NaiveChecksum.fill(checked, spec.l3(), spec.l4(), 6, checked.length);
        assertSame(checked, frame, spec);
    }

    @Test
    void shouldSayWhatItDoes() {
        final FrameSpec spec = FrameSpec.random(new Random(1), 0);
        spec.protocol = 6;
        assertEquals("mss at most 1400", load(spec, 1400).toString());
    }
}

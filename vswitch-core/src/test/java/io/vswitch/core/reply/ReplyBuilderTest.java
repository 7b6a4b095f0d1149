package io.vswitch.core.reply;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.packet.FrameSpec;
import io.vswitch.core.packet.NaiveChecksum;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketFixture;
import io.vswitch.core.packet.PacketParser;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Answers to packets of random fields, checked by checksums of the tests' own. */
class ReplyBuilderTest {
    private final PacketFixture fixture = new PacketFixture();
    private final ReplyBuilder builder = new ReplyBuilder(fixture.pool());

    @Test
    void shouldAnswerWithRightHeadersAndChecksumsWhenPacketsAreRandom() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int answers = 0;
        for (int i = 0; i < 20_000; i++) {
            final FrameSpec spec = FrameSpec.random(random, 1500);
            final byte[] frame = spec.build();
            if (fixture.parse(frame) == null && ReplyCheck.isAnswerable(fixture.batch(), 0)) {
                final boolean refused = random.nextBoolean();
                assertTrue(
                        refused
                                ? builder.prohibited(fixture.batch(), 0)
                                : builder.ttlExceeded(fixture.batch(), 0));
                check(spec, frame, refused, "seed " + seed + " packet " + i);
                builder.reply().releaseAll();
                answers++;
            }
            assertEquals(1, fixture.pool().inUse());
        }
        assertTrue(answers > 5000, "seed " + seed + ": " + answers);
    }

    private void check(
            final FrameSpec spec, final byte[] frame, final boolean refused, final String text) {
        final PacketBatch reply = builder.reply();
        final byte[] bytes = new byte[reply.length(0)];
        reply.buffer().getBytes(reply.offset(0), bytes);
        final int l3 = spec.l3();
        assertArrayEquals(range(frame, 6, 12), range(bytes, 0, 6), text);
        assertArrayEquals(range(frame, 0, 6), range(bytes, 6, 12), text);
        assertArrayEquals(range(frame, 12, l3), range(bytes, 12, l3), text);
        final boolean reset = refused && spec.protocol == 6;
        final int protocol = reset ? 6 : spec.v6 ? 58 : 1;
        final int l4 = l3 + (spec.v6 ? 40 : 20);
        assertEquals(protocol, bytes[l3 + (spec.v6 ? 6 : 9)], text);
        final byte[] refilled = bytes.clone();
        NaiveChecksum.fill(refilled, l3, l4, protocol, refilled.length);
        assertArrayEquals(refilled, bytes, text);
        if (!reset) {
            final int most = spec.v6 ? 1280 : 576;
            assertEquals(Math.min(most, l4 - l3 + 8 + frame.length - l3), bytes.length - l3, text);
            final int quoted = bytes.length - l4 - 8;
            assertArrayEquals(
                    range(frame, l3, l3 + quoted), range(bytes, l4 + 8, bytes.length), text);
        }
        assertNull(PacketParser.parse(reply, 0, 1), text);
    }

    private static byte[] range(final byte[] bytes, final int from, final int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }
}

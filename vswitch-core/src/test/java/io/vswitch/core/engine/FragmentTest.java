package io.vswitch.core.engine;

import static io.vswitch.core.engine.FragmentFrames.cut;
import static io.vswitch.core.engine.FragmentFrames.join;
import static io.vswitch.core.engine.FragmentFrames.piece;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.PortPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fragments of a datagram are treated like its first one. */
class FragmentTest extends EngineFixture {
    private static final long SECOND = 1_000_000_000L;

    /** Blocks port 666; changes source address and port of port 53. */
    private static final PortPolicy BY_PORT =
            (direction, fields, decision, trace) -> {
                if (fields.destinationPort == 666) {
                    decision.drop(DropReason.POLICY_BLOCKED);
                } else if (fields.destinationPort == 53) {
                    fields.sourceLow = 0x0a00_0063;
                    fields.sourcePort = 4711;
                }
            };

    @BeforeEach
    void policy() {
        sw.policy("a", BY_PORT);
        introduce();
    }

    private static UnsafeBuffer datagram(final int dport, final int payload) {
        final UnsafeBuffer frame =
                Frames.udp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1000, dport, payload);
        for (int i = 0; i < payload; i++) {
            frame.putByte(42 + i, (byte) (i * 31 + 7));
        }
        frame.putShort(40, (short) 0, java.nio.ByteOrder.BIG_ENDIAN);
        frame.putShort(40, (short) ~Frames.transportSum(frame), java.nio.ByteOrder.BIG_ENDIAN);
        return frame;
    }

    private void send(final List<UnsafeBuffer> fragments) {
        fragments.forEach(a::deliver);
        run();
    }

    private List<UnsafeBuffer> arrived() {
        final List<UnsafeBuffer> frames = new ArrayList<>();
        b.sent.forEach(frame -> frames.add(frame.buffer()));
        b.sent.clear();
        return frames;
    }

    @Test
    void shouldTranslateAllFragmentsInAnyOrder() {
        final Random random = new Random(4);
        for (int id = 1; id < 200; id++) {
            final List<UnsafeBuffer> fragments =
                    cut(datagram(53, 1 + random.nextInt(3000)), id, 8 * (8 + random.nextInt(60)));
            Collections.shuffle(fragments, random);
            send(fragments);
            final UnsafeBuffer whole = join(arrived());
            assertEquals(0x0a00_0063, whole.getInt(26, java.nio.ByteOrder.BIG_ENDIAN));
            assertEquals(4711, whole.getShort(34, java.nio.ByteOrder.BIG_ENDIAN));
            assertEquals(0xffff, Frames.transportSum(whole));
            assertEquals(0, sw.slabsInUse());
        }
        assertEquals(0, sw.totals().dropped());
    }

    @Test
    void shouldBlockAllFragmentsByThePortOfTheFirst() {
        final List<UnsafeBuffer> fragments = cut(datagram(666, 100), 1, 32);
        send(fragments);
        Collections.reverse(fragments);
        send(fragments);
        assertTrue(arrived().isEmpty());
        assertEquals(8, drops(DropReason.POLICY_BLOCKED));
    }

    @Test
    void shouldDropTheRestWhenFragmentsOverlap() {
        final UnsafeBuffer whole = datagram(80, 192);
        send(List.of(piece(whole, 1, 0, 48, true)));
        send(List.of(piece(whole, 1, 40, 48, true)));
        send(List.of(piece(whole, 1, 88, 48, true), piece(whole, 1, 48, 40, true)));
        assertEquals(1, arrived().size());
        assertEquals(3, drops(DropReason.FRAGMENT_OVERLAP));
        nowNs += SECOND;
        send(cut(whole, 1, 48));
        assertEquals(5, arrived().size(), "the identification is used again");
    }

    @Test
    void shouldDropWhatWaitsWhenFragmentsOverlap() {
        final UnsafeBuffer whole = datagram(80, 192);
        send(List.of(piece(whole, 1, 48, 48, true), piece(whole, 1, 88, 48, true)));
        assertEquals(2, drops(DropReason.FRAGMENT_OVERLAP));
        assertEquals(0, sw.slabsInUse());
        send(List.of(piece(whole, 1, 0, 48, true)));
        assertTrue(arrived().isEmpty());
    }

    @Test
    void shouldDropARepeatedFragmentAlone() {
        final UnsafeBuffer whole = datagram(80, 192);
        final List<UnsafeBuffer> fragments = cut(whole, 1, 48);
        fragments.add(1, fragments.get(0));
        fragments.add(3, fragments.get(2));
        send(fragments);
        assertEquals(2, drops(DropReason.FRAGMENT_OVERLAP));
        assertEquals(whole.getShort(40), join(arrived()).getShort(40));
    }

    @Test
    void shouldDropWhatContradictsTheEnd() {
        final UnsafeBuffer whole = datagram(80, 192);
        send(List.of(piece(whole, 1, 0, 48, true), piece(whole, 1, 96, 48, false)));
        send(List.of(piece(whole, 1, 144, 48, true)));
        send(List.of(piece(whole, 2, 0, 96, true), piece(whole, 2, 48, 16, false)));
        send(List.of(piece(whole, 3, 0, 48, true), piece(whole, 3, 96, 48, true)));
        send(List.of(piece(whole, 3, 48, 48, false)));
        assertEquals(3, drops(DropReason.FRAGMENT_OVERLAP));
        assertEquals(5, arrived().size());
    }

    @Test
    void shouldGiveUpFragmentsWhoseFirstNeverComes() {
        final UnsafeBuffer whole = datagram(80, 192);
        send(List.of(piece(whole, 1, 48, 48, true)));
        assertEquals(1, sw.buffered());
        nowNs += SECOND / 2;
        run();
        assertEquals(1, sw.buffered());
        nowNs += SECOND;
        run();
        assertEquals(0, sw.buffered());
        assertEquals(1, drops(DropReason.FRAGMENT_WITHOUT_FIRST));
    }

    @Test
    void shouldHoldNoMoreThanItsShareOfBuffers() {
        final UnsafeBuffer whole = datagram(80, 192);
        for (int id = 0; id < 5000; id++) {
            send(List.of(piece(whole, id, 48, 48, true)));
        }
        assertEquals(512 / 8, sw.buffered());
        assertEquals(5000 - 512 / 8, drops(DropReason.FRAGMENT_WITHOUT_FIRST));
        nowNs += 2 * SECOND;
        run();
        assertEquals(0, sw.slabsInUse());
    }

    @Test
    void shouldNotLetOnePortsFragmentsCostAnotherItsOwn() {
        final UnsafeBuffer whole = datagram(80, 192);
        send(List.of(piece(whole, 1, 0, 48, true)));
        arrived();
        for (int id = 0; id < 5000; id++) {
            final UnsafeBuffer other = Frames.udp(MAC_C, MAC_B, "10.0.0.3", "10.0.0.2", 1, 2, 192);
            send(c, piece(other, id, 0, 48, true));
        }
        arrived();
        send(List.of(piece(whole, 1, 48, 48, true)));
        assertEquals(1, arrived().size());
    }

    @Test
    void shouldKeepPortsApart() {
        final UnsafeBuffer whole = datagram(80, 192);
        send(List.of(piece(whole, 1, 0, 48, true)));
        arrived();
        final UnsafeBuffer spoofed = piece(whole, 1, 48, 48, true);
        spoofed.putBytes(6, new byte[] {2, 0, 0, 0, 0, 0x0c});
        send(c, spoofed);
        assertTrue(arrived().isEmpty(), "of another port's datagram");
        nowNs += 2 * SECOND;
    }

    @Test
    void shouldDropWhatWaitsWhenItsPortGoes() {
        send(List.of(piece(datagram(80, 192), 1, 48, 48, true)));
        assertEquals(1, sw.slabsInUse());
        sw.removePort("a");
        run();
        assertEquals(0, sw.slabsInUse());
    }
}

package io.vswitch.core.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.FrameSpec;
import io.vswitch.core.packet.NaiveChecksum;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketFixture;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.ScapyCorpus;
import io.vswitch.core.policy.HeaderFields;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

class TranspositionTest {
    private final PacketFixture fixture = new PacketFixture();
    private final HeaderFields after = new HeaderFields();

    /**
     * Changes fields of a packet's description, builds it anew, and compares with the packet
     * rewritten in place.
     */
    @Property(tries = 20_000)
    void shouldGiveThePacketThatWouldHaveBeenBuiltWithTheNewFields(@ForAll final long seed) {
        final Random random = new Random(seed);
        final FrameSpec spec = FrameSpec.random(random, 200);
        vary(spec, random);
        load(spec);
        assertNull(fixture.parse());
        after.copyFrom(fixture.fields());
        final FrameSpec expected = spec.clone();
        change(expected, random);
        final Transposition change = recorded(Transposition.between(fixture.fields(), after));
        final DropReason reason = change == null ? null : change.apply(fixture.batch(), 0);
        assertNull(reason, () -> String.valueOf(change));
        assertSameBytes(expected, fixture.frame());
        assertTrue(fixture.areCanariesAlive());
        assertReparsed();
    }

    private static void vary(final FrameSpec spec, final Random random) {
        spec.partial = random.nextInt(3) == 0;
        spec.zeroChecksum = random.nextInt(4) == 0;
        if (random.nextInt(3) == 0 && !spec.partial) {
            final boolean first = random.nextBoolean();
            final int offset = 2 + random.nextInt(100);
            final int more = spec.v6 ? 1 : 0x2000;
            spec.fragment = first ? more : (spec.v6 ? offset << 3 : offset) | more;
            spec.payload = Arrays.copyOf(spec.payload, spec.payload.length + 8);
            final int excess = (spec.build().length - spec.l4()) % 8;
            spec.payload = Arrays.copyOf(spec.payload, spec.payload.length - excess);
        }
    }

    private void load(final FrameSpec spec) {
        fixture.load(spec.build());
        final int field = NaiveChecksum.field(spec.l4(), spec.protocol);
        if (spec.partial && field > 0) {
            fixture.batch()
                    .offload(0, Offload.NEEDS_CHECKSUM, 0, 0, 0, spec.l4(), field - spec.l4());
        }
    }

    private void change(final FrameSpec spec, final Random random) {
        if (random.nextBoolean()) {
            spec.destinationMac = random.nextLong() >>> 16;
            after.destinationMac = spec.destinationMac;
        }
        if (random.nextBoolean()) {
            spec.sourceMac = 0x0200_0000_0000L | random.nextInt() >>> 8;
            after.sourceMac = spec.sourceMac;
        }
        changeTags(spec, random);
        changeAddresses(spec, random);
        changePorts(spec, random);
        if (random.nextBoolean()) {
            after.dscp = random.nextInt(64);
            spec.tos = after.dscp << 2 | spec.tos & 3;
        }
        if (spec.ttl > 1 && random.nextBoolean()) {
            after.ttlDecrement = 1 + random.nextInt(Math.min(3, spec.ttl - 1));
            spec.ttl -= after.ttlDecrement;
        }
    }

    private void changeTags(final FrameSpec spec, final Random random) {
        final int[] tags = new int[random.nextInt(3)];
        for (int i = 0; i < tags.length; i++) {
            final int old = spec.tags.length - tags.length + i;
            final int fresh = i == 0 && tags.length == 2 ? 0x88a8_0000 : 0x8100_0000;
            tags[i] = (old >= 0 ? spec.tags[old] & ~0xfff : fresh) | random.nextInt(4096);
        }
        spec.tags = tags;
        after.outerVlan = tags.length > 0 ? FlowKey.VLAN_PRESENT | tags[0] & 0xfff : 0;
        after.innerVlan = tags.length > 1 ? FlowKey.VLAN_PRESENT | tags[1] & 0xfff : 0;
    }

    private void changeAddresses(final FrameSpec spec, final Random random) {
        if (random.nextInt(4) == 0) {
            return;
        }
        spec.destinationIp = FrameSpec.bytes(random, spec.v6 ? 16 : 4);
        after.destinationHigh = spec.v6 ? ByteBuffer.wrap(spec.destinationIp).getLong(0) : 0;
        after.destinationLow = low(spec.destinationIp);
        if (random.nextBoolean()) {
            spec.sourceIp = FrameSpec.bytes(random, spec.v6 ? 16 : 4);
            after.sourceHigh = spec.v6 ? ByteBuffer.wrap(spec.sourceIp).getLong(0) : 0;
            after.sourceLow = low(spec.sourceIp);
        }
    }

    private static long low(final byte[] address) {
        final ByteBuffer bytes = ByteBuffer.wrap(address);
        return address.length == 16 ? bytes.getLong(8) : bytes.getInt(0) & 0xffff_ffffL;
    }

    private void changePorts(final FrameSpec spec, final Random random) {
        final boolean ports = spec.protocol == 6 || spec.protocol == 17 || spec.isIcmp();
        if (!ports || spec.isLaterFragment() || random.nextInt(4) == 0) {
            return;
        }
        spec.sourcePort = random.nextInt(0x10000);
        after.sourcePort = spec.sourcePort;
        if (!spec.isIcmp()) {
            spec.destinationPort = random.nextInt(0x10000);
            after.destinationPort = spec.destinationPort;
        }
    }

    /** Checksums 0 and 0xffff are the same number in one's complement; only in UDP they differ. */
    private static void assertSameBytes(final FrameSpec expected, final byte[] frame) {
        final byte[] wanted = expected.build();
        final int field = checksumField(expected);
        if (field > 0 && (expected.protocol != 17 || expected.partial)) {
            NaiveChecksum.put(wanted, field, NaiveChecksum.get(wanted, field) % 0xffff);
            NaiveChecksum.put(frame, field, NaiveChecksum.get(frame, field) % 0xffff);
        }
        final HexFormat hex = HexFormat.of();
        assertEquals(hex.formatHex(wanted), hex.formatHex(frame));
    }

    private static int checksumField(final FrameSpec spec) {
        return spec.isLaterFragment() ? 0 : NaiveChecksum.field(spec.l4(), spec.protocol);
    }

    /** The rewritten packet parses; offsets and flags are those the transposition left. */
    private void assertReparsed() {
        final int l3 = fixture.batch().l3Offset(0);
        final int l4 = fixture.batch().l4Offset(0);
        final int flags = fixture.batch().parseFlags(0);
        assertNull(fixture.parse());
        assertEquals(l3, fixture.batch().l3Offset(0));
        assertEquals(l4, fixture.batch().l4Offset(0));
        assertEquals(flags, fixture.batch().parseFlags(0));
    }

    @Test
    void shouldBeNullWhenNothingChanges() {
        ScapyCorpus.rows()
                .forEach(
                        row -> {
                            assertNull(fixture.parse(row.frame()));
                            assertNull(Transposition.between(fixture.fields(), fixture.fields()));
                        });
    }

    @Test
    void shouldLeaveThePacketUntouchedWhenTheRewriteIsImpossible() {
        assertImpossible("arp-request", fields -> fields.destinationLow++);
        assertImpossible("arp-request", fields -> fields.dscp = 1);
        assertImpossible("arp-request", fields -> fields.ttlDecrement = 1);
        assertImpossible("unknown type", fields -> fields.sourcePort = 1);
        assertImpossible("ipv4 gre", fields -> fields.sourcePort = 1);
        assertImpossible("ipv4 gre", fields -> fields.protocol = 6);
        assertImpossible("ipv4 tcp-syn", fields -> fields.etherType = 0x86dd);
        assertImpossible("ipv4 tcp-syn", fields -> fields.tcpFlags = 0);
        assertImpossible("ipv4 tcp-syn", fields -> fields.destinationHigh = 1);
        assertImpossible("ipv4 tcp-syn", fields -> fields.outerVlan = 5);
        assertImpossible("ipv4 tcp-syn", fields -> fields.sourcePort = 0x1_0000);
        assertImpossible("ipv4 tcp-syn", fields -> fields.dscp = 64);
        assertImpossible("fragment 1", fields -> fields.destinationPort = 80);
        assertImpossible("echo request", fields -> fields.destinationPort = 0);
        assertImpossible("unreachable", fields -> fields.sourcePort = 3);
        assertImpossible("neighbour solicitation", fields -> fields.sourcePort = 3);
        assertImpossible("ah", fields -> fields.sourceLow++);
    }

    private void assertImpossible(final String name, final Consumer<HeaderFields> rewrite) {
        final byte[] frame = ScapyCorpus.frame(name);
        assertNull(fixture.parse(frame));
        after.copyFrom(fixture.fields()).destinationMac++;
        rewrite.accept(after);
        final Transposition change = Transposition.between(fixture.fields(), after);
        assertEquals(DropReason.REWRITE_IMPOSSIBLE, change.apply(fixture.batch(), 0), name);
        assertArrayEquals(frame, fixture.frame());
    }

    @Test
    void shouldLeaveThePacketUntouchedWhenTheTtlRunsOut() {
        for (int ttl = 0; ttl <= 1; ttl++) {
            for (final String name : new String[] {"ipv4 tcp-syn", "ipv6 tcp-syn"}) {
                final byte[] frame = ScapyCorpus.frame(name).clone();
                frame[name.startsWith("ipv4") ? 22 : 21] = (byte) ttl;
                assertNull(fixture.parse(frame));
                after.copyFrom(fixture.fields()).destinationMac++;
                after.ttlDecrement = 1;
                final Transposition change = Transposition.between(fixture.fields(), after);
                assertEquals(DropReason.TTL_EXCEEDED, change.apply(fixture.batch(), 0));
                assertArrayEquals(frame, fixture.frame());
            }
        }
    }

    @Test
    void shouldRefuseToPushWhenTheHeadroomIsUsedUp() {
        assertNull(fixture.parse(ScapyCorpus.frame("ipv4 udp")));
        after.copyFrom(fixture.fields()).outerVlan = FlowKey.VLAN_PRESENT | 7;
        final Transposition change = Transposition.between(fixture.fields(), after);
        fixture.batch().moveStart(0, 3 - PacketPool.HEADROOM);
        assertEquals(DropReason.REWRITE_IMPOSSIBLE, change.apply(fixture.batch(), 0));
    }

    @Test
    void shouldKeepAWrongChecksumWrong() {
        final byte[] frame = ScapyCorpus.frame("ipv4 tcp-syn").clone();
        frame[50] ^= 0x10;
        assertNull(fixture.parse(frame));
        after.copyFrom(fixture.fields()).destinationLow ^= 0x1234;
        assertNull(Transposition.between(fixture.fields(), after).apply(fixture.batch(), 0));
        final byte[] right = fixture.frame();
        NaiveChecksum.fill(right, 14, 34, 6, right.length);
        final int difference =
                NaiveChecksum.get(fixture.frame(), 50) - NaiveChecksum.get(right, 50);
        assertEquals(0x1000, Math.abs(difference));
    }

    @Test
    void shouldLeaveTheOuterChecksumAloneWhenThePartialOneIsInside() {
        fixture.load(ScapyCorpus.frame("ipv4 vxlan"));
        fixture.batch().offload(0, Offload.NEEDS_CHECKSUM, 0, 0, 0, 34 + 8 + 8 + 34, 16);
        assertNull(fixture.parse());
        after.copyFrom(fixture.fields()).destinationPort = 8472;
        assertNull(Transposition.between(fixture.fields(), after).apply(fixture.batch(), 0));
        final byte[] right = fixture.frame();
        NaiveChecksum.fill(right, 14, 34, 17, right.length);
        assertArrayEquals(right, fixture.frame());
    }

    @Test
    void shouldPrintWhatChanges() {
        assertNull(fixture.parse(ScapyCorpus.frame("vlan ipv4 tcp-syn")));
        after.copyFrom(fixture.fields());
        after.destinationMac = 0x0200_0000_00ffL;
        after.outerVlan = 0;
        after.destinationLow = 0x0a00_0009;
        after.destinationPort = 8080;
        after.dscp = 46;
        after.ttlDecrement = 1;
        assertEquals(
                "dst-mac 02:00:00:00:00:02->02:00:00:00:00:ff, vlan 5->none,"
                        + " dst-ip 192.168.255.2->10.0.0.9, dscp 46, ttl -1, dst-port 80->8080",
                Transposition.between(fixture.fields(), after).toString());
        after.tcpFlags = 0;
        final String text = Transposition.between(fixture.fields(), after).toString();
        assertTrue(text.startsWith("impossible: "));
    }

    /** The same change, written to a record and read again; null for null. */
    private static Transposition recorded(final Transposition change) {
        if (change == null) {
            return null;
        }
        final long record =
                UnsafeApi.allocateMemory(Transposition.RECORD_BYTES + Transposition.ANNEX_BYTES);
        change.store(record, record + Transposition.RECORD_BYTES);
        final Transposition read = new Transposition();
        read.load(record, record + Transposition.RECORD_BYTES);
        UnsafeApi.freeMemory(record);
        return read;
    }
}

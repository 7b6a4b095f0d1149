package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.guard.Guard;
import io.vswitch.core.guard.PortGuards;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntPredicate;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Holes that other switches had, one test each. What this switch has no parser for (MPLS, LLDP,
 * GENEVE, FTP, ND options) must pass or be dropped without any state.
 */
class KnownHolesTest extends EngineFixture {
    private static final long LLDP = 0x01_80_c2_00_00_0eL;
    private static final int MANY = 1_000_000;

    private static void shorts(final UnsafeBuffer frame, final int at, final int... values) {
        for (int i = 0; i < values.length; i++) {
            frame.putShort(at + 2 * i, (short) values[i], ByteOrder.BIG_ENDIAN);
        }
    }

    private static UnsafeBuffer frame(final int type, final int payload) {
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[14 + payload]);
        Frames.ethernet(frame, MAC_A, MAC_B, type);
        return frame;
    }

    /** An IPv6 frame; the payload is all zero. */
    private static UnsafeBuffer ipv6(final int next, final int payload) {
        final UnsafeBuffer frame = frame(0x86dd, 40 + payload);
        shorts(frame, 14, 0x6000, 0, payload, next << 8 | 255);
        frame.putByte(37, (byte) 1);
        frame.putByte(53, (byte) 2);
        return frame;
    }

    private void assertPassesUnchanged(final UnsafeBuffer frame) {
        b.sent.clear();
        send(a, frame);
        assertEquals(1, b.sent.size());
        assertArrayEquals(frame.byteArray(), b.sent.get(0).bytes());
    }

    private static PortPolicy blockInbound(final IntPredicate protocol) {
        return (direction, fields, decision, trace) -> {
            if (direction == Direction.INBOUND && protocol.test(fields.protocol)) {
                decision.drop(DropReason.POLICY_BLOCKED);
            }
        };
    }

    /** CVE-2016-2074: a stack of MPLS labels ran over a buffer. */
    @Test
    void cve20162074HeaderStacksOfAnyDepth() {
        introduce();
        final UnsafeBuffer tags = frame(0x8100, 60);
        for (int i = 0; i < 10; i++) {
            shorts(tags, 14 + 4 * i, i, 0x8100);
        }
        send(a, tags);
        assertEquals(1, drops(DropReason.MALFORMED_VLAN));
        final UnsafeBuffer extensions = ipv6(60, 800);
        for (int i = 0; i < 100; i++) {
            extensions.putByte(54 + 8 * i, (byte) 60);
        }
        send(a, extensions);
        assertEquals(1, drops(DropReason.MALFORMED_IPV6_EXTENSION));
        assertPassesUnchanged(frame(0x8847, 400));
    }

    /** CVE-2016-10377: a total length below the header's underflowed and passed the ACL. */
    @Test
    void cve201610377TotalLengthLies() {
        introduce();
        for (final int length : new int[] {0, 1, 19, 49, 65_535}) {
            final UnsafeBuffer frame = udp(MAC_A, MAC_B, 80);
            shorts(frame, 16, length);
            send(a, frame);
        }
        assertEquals(5, drops(DropReason.MALFORMED_IPV4) + drops(DropReason.MALFORMED_UDP));
        assertEquals(0, b.sent.size());
    }

    /** CVE-2019-25076: packets of many shapes made the cache explode; a victim starved. */
    @Test
    void cve201925076FlowCacheStaysBoundedAndServesTheVictim() {
        introduce();
        a.isRecording = false;
        b.isRecording = false;
        c.isRecording = false;
        final Random random = new Random(1);
        final ScriptedPort.Frame victim = ScriptedPort.Frame.plain(udp(MAC_A, MAC_B, 80));
        final long before = b.sentCount;
        for (int i = 0; i < 50_000; i++) {
            c.deliver(
                    Frames.udp(
                            MAC_C,
                            MAC_A,
                            "10.0." + random.nextInt(256) + "." + random.nextInt(256),
                            "10.0.0.2",
                            random.nextInt(65_536),
                            random.nextInt(65_536),
                            0));
            a.deliver(victim);
            sw.cycle();
        }
        assertEquals(50_000, b.sentCount - before);
        assertTrue(sw.flows(flow -> true, 100_000).size() <= 1024);
    }

    /** CVE-2020-27827: a TLV that came twice leaked. */
    @Test
    @Timeout(60)
    void cve202027827MillionMalformedControlPacketsLeaveTheHeapFlat() throws Exception {
        introduce();
        for (final ScriptedPort port : new ScriptedPort[] {a, b, c}) {
            port.isRecording = false;
        }
        final Random random = new Random(2);
        final ScriptedPort.Frame[] frames = new ScriptedPort.Frame[64];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = ScriptedPort.Frame.plain(controlPacket(i, random));
        }
        pump(frames, MANY / 10);
        sw.guards("a", GuardTest.addressed(Guard.values()).build());
        pump(frames, MANY / 10);
        final long before = heapBytes();
        pump(frames, MANY / 2);
        sw.guards("a", PortGuards.NONE);
        pump(frames, MANY / 2);
        final long growth = heapBytes() - before;
        assertTrue(growth < 1 << 20, () -> "heap grew by " + growth + " bytes");
    }

    /** LLDP, BPDU, ARP, ND, IGMP and DHCP in turn, with random bytes behind their first header. */
    private static UnsafeBuffer controlPacket(final int i, final Random random) {
        final byte[] bytes = new byte[60 + random.nextInt(200)];
        random.nextBytes(bytes);
        final UnsafeBuffer frame = new UnsafeBuffer(bytes);
        final int[] types = {0x88cc, 0x0026, 0x0806, 0x86dd, 0x0800, 0x0800};
        final long to = i % 6 < 2 ? LLDP - 0xe * (i % 6) : MAC_B;
        Frames.ethernet(frame, MAC_A, to, types[i % 6]);
        if (i % 6 == 3) {
            shorts(frame, 14, 0x6000, 0, bytes.length - 54, 58 << 8 | 255);
            frame.putByte(54, (byte) 135);
        } else if (i % 6 > 3) {
            shorts(frame, 14, 0x4500, bytes.length - 14, 0, 0, 0x4000 | (i % 6 == 4 ? 2 : 17));
        }
        return frame;
    }

    private void pump(final ScriptedPort.Frame[] frames, final int count) {
        for (int i = 0; i < count; i++) {
            a.deliver(frames[i % frames.length]);
            if (i % 64 == 63) {
                sw.cycle();
            }
        }
        run();
    }

    private static long heapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** CVE-2020-35498: padding behind the IP packet made the cached flow too wide. */
    @Test
    void cve202035498PaddingNeverWidensAVerdict() {
        introduce();
        sw.policy(
                "b",
                (direction, fields, decision, trace) -> {
                    if (direction == Direction.INBOUND && fields.destinationPort == 53) {
                        decision.drop(DropReason.POLICY_BLOCKED);
                    }
                });
        for (int padding = 0; padding < 256; padding++) {
            send(a, padded(udp(MAC_A, MAC_B, 53), padding));
            send(a, padded(udp(MAC_A, MAC_B, 80), padding));
            send(a, udp(MAC_A, MAC_B, 53));
            send(a, udp(MAC_A, MAC_B, 80));
        }
        assertEquals(512, drops(DropReason.POLICY_BLOCKED));
        assertEquals(512, b.sent.size());
        assertEquals(2, sw.flows(flow -> flow.fields().destinationPort != 1, 100).size());
    }

    private static UnsafeBuffer padded(final UnsafeBuffer frame, final int padding) {
        final byte[] bytes = Arrays.copyOf(frame.byteArray(), frame.capacity() + padding);
        Arrays.fill(bytes, frame.capacity(), bytes.length, (byte) (padding * 7));
        return new UnsafeBuffer(bytes);
    }

    /** CVE-2021-3905: fragments that were handed over were never freed. */
    @Test
    @Timeout(60)
    void cve20213905OddFragmentsGiveTheirBuffersBack() {
        introduce();
        b.isRecording = false;
        final Random random = new Random(3);
        final ScriptedPort.Frame[] frames = new ScriptedPort.Frame[256];
        for (int i = 0; i < frames.length; i++) {
            final UnsafeBuffer frame = udp(MAC_A, MAC_B, 80);
            shorts(frame, 18, random.nextInt(65_536), random.nextInt(0x4000));
            frame.putByte(23, (byte) (random.nextBoolean() ? 6 : 17));
            frames[i] = ScriptedPort.Frame.plain(frame);
        }
        final long end = System.nanoTime() + 5_000_000_000L;
        int pieces = 0;
        while (pieces < 100 && System.nanoTime() < end) {
            pump(frames, 100_000);
            assertEquals(sw.buffered(), sw.slabsInUse());
            assertTrue(sw.slabsInUse() <= 64, "an eighth of the slabs");
            pieces++;
        }
        assertTrue(pieces > 5, "fewer than 600,000 fragments in 5 s");
        assertTrue(drops(DropReason.MALFORMED_FRAGMENT) > 0);
        assertTrue(b.sentCount > 0);
    }

    /** CVE-2022-4337, CVE-2022-4338: LLDP lengths were trusted. */
    @Test
    void cve20224337LldpIsDroppedOrPassedUnread() {
        introduce();
        final UnsafeBuffer toGroup = frame(0x88cc, 46);
        shorts(toGroup, 14, 0xfeff, 0xffff);
        Frames.ethernet(toGroup, MAC_A, LLDP, 0x88cc);
        send(a, toGroup);
        assertEquals(1, drops(DropReason.RESERVED_MULTICAST));
        final UnsafeBuffer toHost = frame(0x88cc, 46);
        shorts(toHost, 14, 0xfeff, 0xffff);
        assertPassesUnchanged(toHost);
    }

    /** CVE-2023-1668: protocol 0 left the protocol out of the cached flow. */
    @Test
    void cve20231668ProtocolZeroAndTcpAreJudgedApartInEitherOrder() {
        introduce();
        sw.policy("b", blockInbound(protocol -> protocol == 0));
        zeroThenTcp();
        assertEquals(1, b.sent.size());
        sw.policy("b", blockInbound(protocol -> protocol == 6));
        zeroThenTcp();
        assertEquals(2, b.sent.size());
        sw.policy("b", blockInbound(protocol -> protocol == 0));
        send(a, tcp(MAC_A, MAC_B, 16));
        send(a, protocolZero());
        assertEquals(3, b.sent.size());
        assertEquals(3, drops(DropReason.POLICY_BLOCKED));
    }

    private void zeroThenTcp() {
        send(a, protocolZero());
        send(a, tcp(MAC_A, MAC_B, 16));
    }

    private static UnsafeBuffer protocolZero() {
        final UnsafeBuffer frame = tcp(MAC_A, MAC_B, 16);
        frame.putByte(23, (byte) 0);
        return frame;
    }

    /** CVE-2023-3966: the length of GENEVE options was trusted. */
    @Test
    void cve20233966GenevePassesUnread() {
        introduce();
        final UnsafeBuffer frame = udp(MAC_A, MAC_B, 6081);
        shorts(frame, 42, 0x3f00, 0x6558, 0, 0, 0xffff, 0xffff);
        assertPassesUnchanged(frame);
    }

    /** CVE-2023-5366: neighbour solicitations for different targets shared a wrong flow. */
    @Test
    void cve20235366SolicitationsForEveryTargetPassUnchanged() {
        introduce();
        for (int target = 1; target < 4; target++) {
            final UnsafeBuffer frame = solicitation(24);
            frame.putByte(54 + 23, (byte) target);
            assertPassesUnchanged(frame);
        }
        assertForgedTargetIsRefusedBesideATrueOne();
    }

    /** The target isn't in the flow key: the verdict of the first must not be the second's. */
    private void assertForgedTargetIsRefusedBesideATrueOne() {
        final PortGuards guards =
                GuardTest.guards(Guard.ND)
                        .address(new byte[] {10, 0, 0, 1})
                        .address(fd00(1))
                        .build();
        sw.guards("a", guards);
        b.sent.clear();
        for (int i = 0; i < 3; i++) {
            send(a, GuardFrames.icmp6(MAC_A, "fd00::1", 136, GuardFrames.target("fd00::1")));
            send(a, GuardFrames.icmp6(MAC_A, "fd00::1", 136, GuardFrames.target("fd00::2")));
        }
        assertEquals(3, b.sent.size());
        assertEquals(3, drops(DropReason.GUARD_ND));
    }

    private static byte[] fd00(final int last) {
        final byte[] address = new byte[16];
        address[0] = (byte) 0xfd;
        address[15] = (byte) last;
        return address;
    }

    /** A neighbour solicitation, ICMPv6 type 135, with an ICMPv6 part of so many bytes. */
    private static UnsafeBuffer solicitation(final int bytes) {
        final UnsafeBuffer frame = ipv6(58, bytes);
        frame.putByte(54, (byte) 135);
        return frame;
    }

    /** CVE-2026-34956: an FTP command of more than 255 bytes ran over a buffer. */
    @Test
    void cve202634956FtpCommandsOfAnyLengthPassUnread() {
        final ScriptedPort jumbo = new ScriptedPort("jumbo", 9000, 0);
        final long mac = 0x02_00_00_00_00_0eL;
        sw.addPort(jumbo, "blue", PortPolicy.ALLOW_ALL);
        send(jumbo, udp(mac, BROADCAST, 1));
        introduce();
        jumbo.sent.clear();
        for (int length = 1; length <= 4096; length++) {
            final UnsafeBuffer frame =
                    Frames.tcp(MAC_A, mac, "10.0.0.1", "10.0.0.2", 1000, 21, 24, length);
            a.deliver(frame);
            run();
        }
        assertEquals(4096, jumbo.sent.size());
        assertEquals(1, sw.flows(flow -> flow.fields().destinationPort == 21, 100).size());
    }

    /** 2026: an ND option of length 0 looped for ever, one of 255 pointed beyond the packet. */
    @Test
    @Timeout(20)
    void ndOptionLengthsAreNeverFollowed() {
        introduce();
        for (final int length : new int[] {0, 1, 255}) {
            final UnsafeBuffer frame = solicitation(32);
            shorts(frame, 54 + 24, 1 << 8 | length);
            assertPassesUnchanged(frame);
        }
        sw.guards("a", GuardTest.guards(Guard.ND).build());
        for (final int length : new int[] {0, 1, 2, 255}) {
            final UnsafeBuffer frame = solicitation(32);
            shorts(frame, 54 + 24, 14 << 8 | length);
            send(a, frame);
        }
        assertEquals(3, drops(DropReason.GUARD_ND));
    }

    /** 2026: two hosts that used the same ICMP identifier shared one entry. */
    @Test
    void sameIcmpIdentifierOfTwoHostsIsTwoFlows() {
        introduce();
        sw.policy(
                "b",
                (direction, fields, decision, trace) -> {
                    if (direction == Direction.INBOUND && fields.sourceLow == 0x0a000001) {
                        decision.drop(DropReason.POLICY_BLOCKED);
                    }
                });
        send(a, ping("10.0.0.1"));
        send(a, ping("10.0.0.3"));
        send(a, ping("10.0.0.1"));
        assertEquals(1, b.sent.size());
        assertEquals(2, sw.flows(flow -> flow.fields().protocol == 1, 10).size());
    }

    private static UnsafeBuffer ping(final String from) {
        final UnsafeBuffer frame = Frames.udp(MAC_A, MAC_B, from, "10.0.0.2", 0, 0, 20);
        frame.putByte(23, (byte) 1);
        shorts(frame, 34, 0x0800, 0, 77, 1);
        return frame;
    }
}

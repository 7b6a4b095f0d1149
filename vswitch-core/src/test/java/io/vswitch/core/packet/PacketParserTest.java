package io.vswitch.core.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.HeaderFields;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Golden packets written by hand, and the ones that other switches fell over. */
class PacketParserTest {
    private static final String MACS = "020000000002" + "020000000001";
    private static final String IPV4_TCP =
            "0800" + "45000028000140004006" + "0000" + "0a000001" + "0a000002";
    private static final String TCP =
            "04d20050" + "00000001" + "00000002" + "5012ffff" + "00000000";
    private static final String IPV6_ADDRESSES =
            "fd000000000000000000000000000001" + "fd000000000000000000000000000002";

    private final PacketFixture fixture = new PacketFixture();

    @Test
    void shouldFillEveryWordOfTheKeyWhenTcpIsTagged() {
        assertNull(parse(MACS + "88a80064" + "81000005" + IPV4_TCP + TCP));
        assertArrayEquals(
                new long[] {
                    0x0200_0000_0002_0800L,
                    0x0200_0000_0001_1064L,
                    0x1234_1005_0612_0000L,
                    0x04d2_0050_0000_0000L,
                    0x0a00_0001_0a00_0002L,
                    0,
                    0,
                    0
                },
                fixture.key());
        final int flags = fixture.batch().parseFlags(0);
        assertEquals(2, ParseFlag.vlanTags(flags));
        assertEquals(TcpHeader.SYN | TcpHeader.ACK, ParseFlag.tcpFlags(flags));
        final int plain = ParseFlag.IPV4 | ParseFlag.TCP | 2 << ParseFlag.VLAN_SHIFT | 0x12 << 16;
        assertEquals(plain, flags);
    }

    @Test
    void shouldLeaveNothingOfAnEarlierPacketInTheKey() {
        assertNull(
                parse(
                        MACS
                                + "86dd"
                                + "60000000"
                                + "00083a40"
                                + IPV6_ADDRESSES
                                + "8000000000070001"));
        assertNull(parse(MACS + "88b5"));
        assertArrayEquals(
                new long[] {
                    0x0200_0000_0002_88b5L, 0x0200_0000_0001_0000L, 0x1234L << 48, 0, 0, 0, 0, 0
                },
                fixture.key());
    }

    @Test
    void shouldDropWhenEthernetIsImpossible() {
        assertEquals(DropReason.MALFORMED_ETHERNET, parse(""));
        assertEquals(DropReason.MALFORMED_ETHERNET, parse(MACS + "08"));
        assertEquals(
                DropReason.SOURCE_MAC_INVALID, parse("020000000002" + "030000000001" + "88b5"));
        assertEquals(
                DropReason.SOURCE_MAC_INVALID, parse("020000000002" + "000000000000" + "88b5"));
        assertEquals(
                DropReason.SOURCE_MAC_INVALID, parse("020000000002" + "ffffffffffff" + "88b5"));
    }

    @Test
    void shouldDropReservedGroupsOnly() {
        for (int i = 0; i < 16; i++) {
            assertEquals(
                    DropReason.RESERVED_MULTICAST,
                    parse("0180c200000" + Integer.toHexString(i) + "020000000001" + "88b5"));
        }
        assertNull(parse("0180c2000010" + "020000000001" + "88b5"));
        assertEquals(ParseFlag.GROUP_DESTINATION, fixture.batch().parseFlags(0));
    }

    @Test
    void shouldDropWhenTagsAreCutOffOrMoreThanTwo() {
        for (int tags = 3; tags <= 10; tags++) {
            assertEquals(
                    DropReason.MALFORMED_VLAN,
                    parse(MACS + "81000001".repeat(tags) + IPV4_TCP + TCP));
        }
        assertEquals(DropReason.MALFORMED_VLAN, parse(MACS + "8100"));
        assertEquals(DropReason.MALFORMED_VLAN, parse(MACS + "8100000108"));
        assertEquals(DropReason.MALFORMED_VLAN, parse(MACS + "81000001" + "88a80001"));
    }

    @Test
    void shouldDropWhenArpIsNotForEthernetAndIpv4() {
        final String end = "020000000001" + "0a000001" + "000000000000" + "0a000002";
        assertNull(parse(MACS + "0806" + "0001080006040002" + end));
        assertEquals(ArpHeader.OPERATION_REPLY, fixture.fields().protocol);
        for (final String head :
                new String[] {
                    "0006080006040001",
                    "000186dd06040001",
                    "0001080008040001",
                    "0001080006100001",
                    "0001080006040101"
                }) {
            assertEquals(DropReason.MALFORMED_ARP, parse(MACS + "0806" + head + end));
        }
    }

    @Test
    void shouldDropWhenIpv4LengthLies() {
        for (final int length : new int[] {0, 1, 19, 41, 0xffff}) {
            assertEquals(DropReason.MALFORMED_IPV4, parse(patched(16, length)));
        }
        for (int length = 20; length < 40; length++) {
            assertEquals(DropReason.MALFORMED_TCP, parse(patched(16, length)));
        }
        assertNull(parse(patched(16, 40)));
    }

    @Test
    void shouldDropWhenIpv4HeaderLengthLies() {
        for (final int first : new int[] {0x00, 0x35, 0x65, 0x40, 0x41, 0x44, 0x4b, 0x4f}) {
            assertEquals(DropReason.MALFORMED_IPV4, parse(patched(14, first << 8)));
        }
        final byte[] options = patched(14, 0x4600);
        for (final int option : new int[] {0x0700, 0x0701, 0x0705, 0x83ff}) {
            NaiveChecksum.put(options, 34, option);
            assertEquals(DropReason.MALFORMED_IPV4_OPTIONS, parse(options));
        }
    }

    @Test
    void shouldDropWhenTcpDataOffsetLies() {
        for (int words = 0; words < 16; words++) {
            final DropReason expected = words == 5 ? null : DropReason.MALFORMED_TCP;
            assertEquals(expected, parse(patched(46, words << 12 | 0x12)), words + " words");
        }
    }

    @Test
    void shouldDropWhenUdpLengthLies() {
        final byte[] frame =
                bytes(
                        MACS
                                + "0800"
                                + "45000020000100004011"
                                + "0000"
                                + "0a0000010a000002"
                                + "00350036000c0000"
                                + "00".repeat(20));
        for (final int length : new int[] {0, 7, 13, 0xffff}) {
            NaiveChecksum.put(frame, 38, length);
            assertEquals(DropReason.MALFORMED_UDP, parse(frame));
        }
        for (int length = 8; length <= 12; length++) {
            NaiveChecksum.put(frame, 38, length);
            assertNull(parse(frame));
        }
    }

    @Test
    void shouldKeepProtocolsApartWhenProtocolIsZero() {
        final byte[] zero = patched(22, 0x4000);
        assertNull(parse(zero));
        final HeaderFields fields = fixture.fields();
        assertEquals(0, fields.protocol);
        assertEquals(0, fields.sourcePort);
        assertEquals(0, fields.tcpFlags);
        assertEquals(0, fixture.batch().l4Offset(0));
        assertNull(parse(patched(22, 0x4006)));
        assertEquals(6, fixture.fields().protocol);
    }

    @Test
    void shouldDropWhenIpv4FragmentIsImpossible() {
        assertEquals(
                DropReason.MALFORMED_FRAGMENT,
                parse(fragment(0x2000, 6, 16))); // tiny first TCP fragment
        assertEquals(DropReason.MALFORMED_FRAGMENT, parse(fragment(0x2000, 17, 0)));
        assertEquals(DropReason.MALFORMED_FRAGMENT, parse(fragment(0x2000, 1, 0)));
        assertEquals(
                DropReason.MALFORMED_FRAGMENT,
                parse(fragment(0x0001, 6, 32))); // would overwrite TCP flags
        assertEquals(
                DropReason.MALFORMED_FRAGMENT,
                parse(fragment(0x2010, 17, 33))); // not last, no multiple of 8
        assertEquals(DropReason.MALFORMED_FRAGMENT, parse(fragment(0x1fff, 17, 8))); // 65,528 + 8
        assertEquals(DropReason.MALFORMED_FRAGMENT, parse(fragment(0x0010, 17, 0)));
        assertNull(parse(fragment(0x1fff, 17, 7)));
        assertEquals(FlowKey.FRAGMENT_LATER, fixture.fields().fragment);
        assertNull(parse(fragment(0x0001, 17, 8)));
        assertNull(parse(fragment(0x0002, 6, 8)));
        assertEquals(6, fixture.fields().protocol);
        assertEquals(0, fixture.fields().destinationPort);
        assertEquals(0, fixture.batch().l4Offset(0));
    }

    @Test
    void shouldReadPortsWhenFirstFragmentHoldsTheHeader() {
        final byte[] frame = fragment(0x2000, 17, 16);
        NaiveChecksum.put(frame, 34, 53);
        NaiveChecksum.put(frame, 38, 2000); // the length of the whole datagram
        assertNull(parse(frame));
        assertEquals(53, fixture.fields().sourcePort);
        assertEquals(FlowKey.FRAGMENT_FIRST, fixture.fields().fragment);
        NaiveChecksum.put(frame, 38, 7);
        assertEquals(DropReason.MALFORMED_UDP, parse(frame));
    }

    @Test
    void shouldBoundIpv6Extensions() {
        for (int count = 1; count <= 100; count++) {
            final String options = "3c00000000000000".repeat(count - 1) + "1100000000000000";
            final byte[] frame = ipv6(60, options + "0035003600080000");
            assertEquals(
                    count <= 8 ? null : DropReason.MALFORMED_IPV6_EXTENSION,
                    parse(frame),
                    count + " headers");
        }
    }

    @Test
    void shouldDropWhenIpv6ExtensionIsOutOfPlace() {
        final String udp = "0035003600080000";
        assertEquals(
                DropReason.MALFORMED_IPV6_EXTENSION,
                parse(ipv6(60, "0000000000000000" + "1100000000000000" + udp)));
        assertEquals(
                DropReason.MALFORMED_IPV6_EXTENSION,
                parse(ipv6(44, "2c00000000000001" + "1100000000000001" + udp)));
        assertEquals(DropReason.MALFORMED_IPV6_EXTENSION, parse(ipv6(0, "")));
        assertEquals(DropReason.MALFORMED_IPV6_EXTENSION, parse(ipv6(0, "11000000000000")));
        assertEquals(
                DropReason.MALFORMED_IPV6_EXTENSION, parse(ipv6(60, "1102000000000000" + udp)));
        assertEquals(
                DropReason.MALFORMED_IPV6_EXTENSION, parse(ipv6(51, "11ff000000000000" + udp)));
    }

    @Test
    void shouldDropWhenIpv6FragmentIsImpossible() {
        assertEquals(
                DropReason.MALFORMED_FRAGMENT,
                parse(ipv6(44, "0600000100000001" + "00".repeat(16))));
        assertEquals(
                DropReason.MALFORMED_FRAGMENT,
                parse(ipv6(44, "0600000800000001" + "00".repeat(16))));
        assertEquals(
                DropReason.MALFORMED_FRAGMENT,
                parse(ipv6(44, "1100001100000001" + "00".repeat(17))));
        assertEquals(
                DropReason.MALFORMED_FRAGMENT,
                parse(ipv6(44, "1100fff800000001" + "00".repeat(8))));
        assertNull(parse(ipv6(44, "1100001000000001" + "00".repeat(17))));
        assertEquals(17, fixture.fields().protocol);
        assertEquals(ParseFlag.IPV6 | ParseFlag.LATER_FRAGMENT, fixture.batch().parseFlags(0));
    }

    @Test
    void shouldDropJumbograms() {
        assertEquals(DropReason.MALFORMED_IPV4, parse(patched(16, 0)));
        final byte[] jumbo = ipv6(0, "0600c204000100000" + "0".repeat(15) + TCP);
        NaiveChecksum.put(jumbo, 18, 0);
        assertEquals(DropReason.MALFORMED_IPV6_EXTENSION, parse(jumbo));
    }

    @Test
    void shouldDropWhenIpv6PayloadLengthLies() {
        final byte[] frame = ipv6(17, "0035003600080000");
        NaiveChecksum.put(frame, 18, 9);
        assertEquals(DropReason.MALFORMED_IPV6, parse(frame));
        NaiveChecksum.put(frame, 18, 7);
        assertEquals(DropReason.MALFORMED_UDP, parse(frame));
        NaiveChecksum.put(frame, 14, 0x4000);
        assertEquals(DropReason.MALFORMED_IPV6, parse(frame));
        assertEquals(DropReason.MALFORMED_ICMPV6, parse(ipv6(58, "80000000000000")));
    }

    private DropReason parse(final String hex) {
        return parse(bytes(hex));
    }

    private DropReason parse(final byte[] frame) {
        return fixture.parse(frame);
    }

    private static byte[] bytes(final String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** The TCP packet with one 16-bit word replaced. */
    private static byte[] patched(final int at, final int value) {
        final byte[] frame = bytes(MACS + IPV4_TCP + TCP);
        final boolean oneByte = at == 14;
        NaiveChecksum.put(frame, at, oneByte ? value & 0xff00 : value);
        return frame;
    }

    private static byte[] fragment(final int field, final int protocol, final int payload) {
        final byte[] frame = Arrays.copyOf(bytes(MACS + IPV4_TCP), 34 + payload);
        NaiveChecksum.put(frame, 16, 20 + payload);
        NaiveChecksum.put(frame, 20, field);
        frame[23] = (byte) protocol;
        return frame;
    }

    private static byte[] ipv6(final int next, final String payload) {
        final int length = payload.length() / 2;
        return bytes(
                MACS
                        + "86dd60000000"
                        + String.format("%04x%02x40", length, next)
                        + IPV6_ADDRESSES
                        + payload);
    }
}

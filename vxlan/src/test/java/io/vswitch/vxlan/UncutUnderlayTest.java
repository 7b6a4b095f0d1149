package io.vswitch.vxlan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.tap.UdpOptions;
import io.vswitch.tap.UdpUnderlay;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What comes to a VTEP whose packets come past the kernel's own checks. */
@Tag("root")
class UncutUnderlayTest {
    private static final String LOCAL = "10.81.0.1";

    /** Sends one datagram as a raw packet: header fields from the arguments, then a VXLAN frame. */
    private static final String SEND =
            """
            import socket, struct, sys
            vni, flaw = int(sys.argv[1]), sys.argv[2]
            def checksum(data):
                data += b"\\0" * (len(data) & 1)
                total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
                while total >> 16:
                    total = (total & 0xffff) + (total >> 16)
                return ~total & 0xffff
            frame = bytes.fromhex("ffffffffffff02000000000988b5") + bytes(46)
            vxlan = struct.pack("!II", 0x08000000, vni << 8) + frame
            length = 8 + len(vxlan)
            ends = socket.inet_aton("10.81.0.2") + socket.inet_aton("10.81.0.1")
            udp = struct.pack("!HHHH", 50000, 4789, length + (200 if flaw == "long" else 0), 0)
            total = checksum(ends + struct.pack("!BBH", 0, 17, length) + udp + vxlan)
            total = {"none": 0, "checksum": total ^ 0x1234}.get(flaw, total)
            udp = udp[:6] + struct.pack("!H", total)
            ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 1, 0, 64, 17, 0) + ends
            if flaw == "options":
                ip = b"\\x46" + ip[1:2] + struct.pack("!H", 24 + length) + ip[4:] + b"\\1\\1\\1\\0"
            header = checksum(ip) ^ (1 if flaw == "header" else 0)
            packet = ip[:10] + struct.pack("!H", header) + ip[12:] + udp + vxlan
            link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            link.bind(("u", 0))
            mac = open("/sys/class/net/u/address").read().strip().replace(":", "")
            link.send(bytes.fromhex(sys.argv[3].replace(":", "") + mac + "0800") + packet)
            """;

    private static UdpOptions options(final Lab lab) {
        return new UdpOptions(OverlayHost.address(LOCAL))
                .namespace(lab.namespace("h1"))
                .superFrames(true);
    }

    private static void await(final BooleanSupplier condition, final OverlayHost host) {
        final long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, () -> host.vswitch.totals().toString());
            Thread.onSpinWait();
        }
    }

    private static Lab lab() {
        final Lab lab = new Lab();
        lab.add("h1");
        lab.add("h2");
        lab.underlay("h1", "h2", "10.81.0.", 1500);
        return lab;
    }

    @Test
    void shouldCheckWhatTheKernelDoesNot() {
        try (Lab lab = lab();
                OverlayHost host = new OverlayHost(lab, 1, options(lab))) {
            host.network("blue", 7, "10.81.0.2");
            final String mac = lab.in("h1", "cat /sys/class/net/u/address").strip();
            int broken = 0;
            int whole = 0;
            for (final String flaw : "checksum header long right none options".split(" ")) {
                Lab.output(lab.python("h2", SEND, "8", flaw, mac)); // no network of ours
                if (flaw.equals("right") || flaw.equals("none") || flaw.equals("options")) {
                    whole++;
                } else {
                    broken++;
                }
                final long malformed = broken;
                final long unknown = whole;
                await(
                        () ->
                                drops(host, DropReason.MALFORMED_VXLAN) == malformed
                                        && drops(host, DropReason.VNI_UNKNOWN) == unknown,
                        host);
            }
        }
    }

    private static long drops(final OverlayHost host, final DropReason reason) {
        return host.vswitch.totals().drops().getOrDefault(reason, 0L);
    }

    @Test
    void shouldSayWhyTheyAreCutWhereTheyAre() {
        try (Lab lab = lab();
                UdpUnderlay loopback =
                        UdpUnderlay.open(
                                new UdpOptions(OverlayHost.address("127.0.0.1"))
                                        .namespace(lab.namespace("h1"))
                                        .superFrames(true));
                UdpUnderlay other = UdpUnderlay.open(options(lab).superFrames(false))) {
            assertEquals(
                    "cut: 127.0.0.1 isn't the address of an Ethernet device",
                    loopback.superFrames());
            assertEquals("cut", other.superFrames());
        }
    }
}

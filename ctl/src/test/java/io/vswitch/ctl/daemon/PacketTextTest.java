package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vswitch.ctl.persist.PcapngWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames made from text, as tshark sees them. */
class PacketTextTest {
    private static final Map<String, String> MACS =
            Map.of("10.0.0.2", "02:00:00:00:00:02", "fd00::2", "02:00:00:00:00:02");

    private static byte[] frame(final String text) {
        return new PacketText(text, "02:00:00:00:00:01", "10.0.0.1", MACS::get).frame();
    }

    @Test
    void shouldMakeFramesThatTsharkReadsAsWritten(@TempDir final Path directory)
            throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tshark")), "SKIPPED: no tshark here");
        final Path file = directory.resolve("x.pcapng");
        final List<String> packets =
                List.of(
                        "icmp 10.0.0.1 > 10.0.0.2",
                        "icmp 10.0.0.1 > 10.0.0.2 reply",
                        "icmp fd00::1 > fd00::2",
                        "tcp 10.0.0.1:1234 > 10.0.0.2:80 syn,ack",
                        "tcp [fd00::1]:1234 > [fd00::2]:80",
                        "udp 10.0.0.1:53 > 10.0.0.2:54",
                        "arp who-has 10.0.0.2",
                        "vlan 7 udp [fd00::1]:53 > [fd00::2]:54",
                        "02:00:00:00:00:aa > 02:00:00:00:00:bb udp 1.2.3.4:5 > 6.7.8.9:10",
                        "udp 10.0.0.1:1 > 224.1.2.3:5");
        try (PcapngWriter writer = new PcapngWriter(file, packets.size())) {
            final int id = writer.addInterface("x", 0);
            for (final String packet : packets) {
                final byte[] frame = frame(packet);
                writer.write(id, 0, new UnsafeBuffer(frame), 0, frame.length, frame.length, null);
            }
        }

        assertEquals(
                """
                02:00:00:00:00:01,02:00:00:00:00:02,,10.0.0.1,10.0.0.2,,,8,,,,,Good,,1
                02:00:00:00:00:01,02:00:00:00:00:02,,10.0.0.1,10.0.0.2,,,0,,,,,Good,,1
                02:00:00:00:00:01,02:00:00:00:00:02,,,,fd00::1,fd00::2,,128,,,,,,1
                02:00:00:00:00:01,02:00:00:00:00:02,,10.0.0.1,10.0.0.2,,,,,1234,80,,Good,0x0012,1
                02:00:00:00:00:01,02:00:00:00:00:02,,,,fd00::1,fd00::2,,,1234,80,,,0x0002,1
                02:00:00:00:00:01,02:00:00:00:00:02,,10.0.0.1,10.0.0.2,,,,,,,54,Good,,1
                02:00:00:00:00:01,ff:ff:ff:ff:ff:ff,,,,,,,,,,,,,
                02:00:00:00:00:01,02:00:00:00:00:02,7,,,fd00::1,fd00::2,,,,,54,,,1
                02:00:00:00:00:aa,02:00:00:00:00:bb,,1.2.3.4,6.7.8.9,,,,,,,10,Good,,1
                02:00:00:00:00:01,01:00:5e:01:02:03,,10.0.0.1,224.1.2.3,,,,,,,5,Good,,1
                """,
                tshark(file));
    }

    /** The last column is 1 where the transport checksum is right. */
    private static String tshark(final Path file) throws IOException, InterruptedException {
        final Process tshark =
                new ProcessBuilder(
                                ("tshark -r "
                                                + file
                                                + " -o ip.check_checksum:TRUE -o"
                                                + " tcp.check_checksum:TRUE -o"
                                                + " udp.check_checksum:TRUE -T fields -E"
                                                + " separator=, -E aggregator=; -e eth.src -e"
                                                + " eth.dst -e vlan.id -e ip.src -e ip.dst -e"
                                                + " ipv6.src -e ipv6.dst -e icmp.type -e"
                                                + " icmpv6.type -e tcp.srcport -e tcp.dstport -e"
                                                + " udp.dstport -e ip.checksum.status -e tcp.flags"
                                                + " -e icmp.checksum.status -e"
                                                + " icmpv6.checksum.status -e tcp.checksum.status"
                                                + " -e udp.checksum.status")
                                        .split(" "))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        final String out =
                new String(tshark.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, tshark.waitFor());
        final StringBuilder lines = new StringBuilder();
        for (final String line : out.split("\n")) {
            final String[] columns = line.split(",", -1);
            columns[12] = columns[12].replace("1", "Good");
            lines.append(String.join(",", java.util.Arrays.copyOf(columns, 14))).append(',');
            lines.append(columns[14] + columns[15] + columns[16] + columns[17]).append('\n');
        }
        return lines.toString();
    }
}

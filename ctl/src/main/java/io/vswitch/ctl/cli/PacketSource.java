package io.vswitch.ctl.cli;

import io.vswitch.ctl.persist.PcapReader;
import io.vswitch.ctl.state.Refusal;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where the packet to explain comes from: words, hexadecimal digits or a capture file. */
final class PacketSource {
    @Parameters(index = "0", paramLabel = "PORT", description = "The port it comes from.")
    private String port;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "PACKET",
            description =
                    "Like: icmp 10.0.0.1 > 10.0.0.2; tcp 10.0.0.1:1234 > 10.0.0.2:80 syn; udp"
                        + " [fd00::1]:53 > [fd00::2]:53; arp who-has 10.0.0.2; hex:0011...; before"
                        + " it may stand MAC > MAC and vlan N. Quote it, for the shell's sake.")
    private List<String> words;

    @Option(
            names = "--hex",
            paramLabel = "BYTES",
            description = "A whole Ethernet frame in hexadecimal; blanks and colons don't matter.")
    private String hex;

    @Option(
            names = "--pcap",
            paramLabel = "FILE",
            description =
                    "A pcap or pcapng file; what was cut off a packet is filled up with zeros.")
    private Path file;

    @Option(
            names = "--packet",
            paramLabel = "N",
            description = "The packet in that file, from 1 (default: 1).")
    private Long number;

    String port() {
        return port;
    }

    /** The packet as the daemon takes it. */
    String text() {
        if (Stream.of(words, hex, file).filter(s -> s != null).count() != 1) {
            throw Refusal.usage("one of PACKET, --hex and --pcap is needed");
        }
        if (file == null && number != null) {
            throw Refusal.usage("--packet needs --pcap");
        }
        if (file != null) {
            final long wanted = number == null ? 1 : number;
            return "hex:" + HexFormat.of().formatHex(PcapReader.frame(file, wanted));
        }
        return hex != null ? "hex:" + hex : String.join(" ", words);
    }
}

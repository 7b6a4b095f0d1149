package io.vswitch.core.packet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The frames of {@code packets/scapy.tsv} with what scapy reads from them; see {@code
 * packets/generate.py}.
 */
public final class ScapyCorpus {
    /** One frame. */
    public record Row(
            String name,
            byte[] frame,
            int[] numbers,
            String source,
            String destination,
            int l3,
            int l4) {
        public int etherType() {
            return numbers[0];
        }

        public int protocol() {
            return numbers[3];
        }

        public int fragment() {
            return numbers[5];
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private ScapyCorpus() {}

    /** The frame of this name. */
    public static byte[] frame(final String name) {
        return rows().filter(row -> row.name().equals(name)).findFirst().orElseThrow().frame();
    }

    public static Stream<Row> rows() {
        return ROWS.stream();
    }

    private static final List<Row> ROWS = load();

    private static List<Row> load() {
        try (InputStream in = ScapyCorpus.class.getResourceAsStream("/packets/scapy.tsv")) {
            final String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return text.lines().map(ScapyCorpus::row).collect(Collectors.toList());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(final String line) {
        final String[] f = line.split("\t");
        final int[] numbers = new int[8];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Integer.parseInt(f[2 + i]);
        }
        final byte[] frame = HexFormat.of().parseHex(f[1]);
        return new Row(
                f[0],
                frame,
                numbers,
                f[10],
                f[11],
                Integer.parseInt(f[12]),
                Integer.parseInt(f[13]));
    }
}

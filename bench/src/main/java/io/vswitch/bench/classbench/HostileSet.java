package io.vswitch.bench.classbench;

import io.vswitch.core.policy.HeaderFields;
import io.vswitch.rules.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** Rule sets against a classifier that hashes masked headers; immutable. */
public enum HostileSet {
    /** As many different masks as there are rules: prefixes of two addresses and MAC masks. */
    MASKS("1,000 masks", 1_000, HostileSet::mask),
    /** One mask; the rules differ by their lists of addresses alone. */
    LISTS(
            "10,000 address lists",
            10_000,
            i -> "block proto tcp src-ip " + host(3 * i) + "," + host(3 * i + 1) + " dst-port 80"),
    /** One mask; the rules differ by ranges of ports alone, most of which overlap a few others. */
    RANGES(
            "10,000 port ranges",
            10_000,
            i -> "block proto tcp dst-port " + i * 6 + "-" + (i * 6 + 20)),
    /** One mask; the rules differ by networks they are not for. */
    NEGATIONS("1,000 negations", 1_000, i -> "block proto tcp src-ip not " + host(i));

    private static final long NUMBER = 2018;

    private final String text;
    private final int size;
    private final IntFunction<String> rule;

    HostileSet(final String text, final int size, final IntFunction<String> rule) {
        this.text = text;
        this.size = size;
        this.rule = rule;
    }

    private static String host(final int i) {
        return "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
    }

    private static String mask(final int i) {
        return "block src-ip 10.0.0.0/"
                + (8 + i % 25)
                + " dst-ip 10.0.0.0/"
                + (8 + i / 25 % 25)
                + (i < 625 ? "" : " dst-mac 02:00:00:00:00:00/02:00:00:00:00:" + hex(i / 4));
    }

    private static String hex(final int i) {
        return String.format("%02x", i & 255);
    }

    /** For people to read. */
    public String text() {
        return text;
    }

    /** In the order of evaluation: ids and priorities count from 0. */
    public List<Rule> rules() {
        final List<Rule> rules = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            rules.add(Rule.of(Integer.toString(i), i, rule.apply(i)));
        }
        return rules;
    }

    /** TCP packets to port 80 or any other from 10.0.0.0/14, of which rules match some. */
    public HeaderFields[] packets(final int count) {
        final SplittableRandom random = new SplittableRandom(NUMBER);
        final HeaderFields[] packets = new HeaderFields[count];
        for (int i = 0; i < count; i++) {
            packets[i] = packet(random);
            packets[i].sourceLow = 10L << 24 | random.nextInt(1 << 18);
            packets[i].destinationLow = 10L << 24 | random.nextInt(1 << 18);
            packets[i].destinationPort = random.nextBoolean() ? 80 : random.nextInt(65_536);
        }
        return packets;
    }

    /** Packets whose every field is drawn anew, as who wants every table asked would send them. */
    public static HeaderFields[] anyPackets(final int count) {
        final SplittableRandom random = new SplittableRandom(NUMBER);
        final HeaderFields[] packets = new HeaderFields[count];
        for (int i = 0; i < count; i++) {
            packets[i] = packet(random);
        }
        return packets;
    }

    private static HeaderFields packet(final SplittableRandom random) {
        final HeaderFields packet = new HeaderFields();
        packet.sourceMac = 0x020000000001L;
        packet.destinationMac = 0x020000000000L | random.nextInt(1 << 24);
        packet.etherType = 0x0800;
        packet.protocol = random.nextBoolean() ? 6 : 17;
        packet.sourceLow = random.nextInt() & 0xffffffffL;
        packet.destinationLow = random.nextInt() & 0xffffffffL;
        packet.sourcePort = random.nextInt(65_536);
        packet.destinationPort = random.nextInt(65_536);
        return packet;
    }
}

package io.vswitch.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One TCP connection from its first segment to its last, as its two ends see it: who sends what
 * next, and what must arrive. The first segment tells to what the connection is translated; from
 * then on every segment must say the same.
 */
final class TcpLife {
    /** Where a connection goes, and what becomes of it. */
    enum Kind {
        /** To the virtual address: a backend, from an address outside. */
        BALANCED,
        /** To a host outside, from an address outside. */
        TRANSLATED,
        /** To a host that is exempt. */
        PLAIN,
        /** From outside to the mapped port. */
        MAPPED
    }

    final Kind kind;

    /** As the opener knows the two ends. */
    final String opener;

    final String target;

    /** As the other side knows them; null before the first segment. */
    String source;

    String destination;
    private final List<String> segments = new ArrayList<>();
    private int next;

    TcpLife(final Kind kind, final String opener, final String target, final Random random) {
        this.kind = kind;
        this.opener = opener;
        this.target = target;
        plan(random);
    }

    /** Segments: {@code >} from the opener or {@code <} to it, and flags. */
    private void plan(final Random random) {
        segments.addAll(List.of(">S", "<SA", ">A"));
        for (int i = random.nextInt(6); i > 0; i--) {
            segments.add(random.nextBoolean() ? ">PA" : "<PA");
        }
        final boolean openerFirst = random.nextBoolean();
        final String first = openerFirst ? ">" : "<";
        final String other = openerFirst ? "<" : ">";
        if (random.nextInt(5) == 0) {
            segments.add(first + (random.nextBoolean() ? "R" : "RA"));
            return;
        }
        segments.add(first + "FA");
        if (random.nextBoolean()) {
            segments.addAll(List.of(other + "A", other + "PA", other + "FA", first + "A"));
        } else {
            segments.addAll(List.of(other + "FA", first + "A"));
        }
    }

    boolean isOver() {
        return next == segments.size();
    }

    /** Both ends have sent FIN, or one RST: what it was translated to may be given to others. */
    boolean isClosed() {
        final List<String> sent = segments.subList(0, next);
        return sent.stream().anyMatch(s -> s.contains("R"))
                || sent.stream().filter(s -> s.contains("F")).count() == 2;
    }

    boolean isFirst() {
        return next == 0;
    }

    boolean isFromOpener() {
        return segments.get(next).charAt(0) == '>';
    }

    /** The next segment as its sender sends it. */
    String packet() {
        final String flags = segments.get(next).substring(1);
        return isFromOpener()
                ? "tcp " + opener + " > " + target + " " + flags
                : "tcp " + destination + " > " + source + " " + flags;
    }

    /** What must arrive of it; for the first one, what arrived. */
    String arrival() {
        return isFromOpener()
                ? "tcp " + source + " > " + destination
                : "tcp " + target + " > " + opener;
    }

    /** The first segment arrived so. */
    void opened(final String arrived) {
        final String[] words = arrived.split(" ");
        source = words[1];
        destination = words[3];
    }

    void sent() {
        next++;
    }

    @Override
    public String toString() {
        return kind
                + " "
                + opener
                + " > "
                + target
                + " as "
                + source
                + " > "
                + destination
                + ", "
                + next
                + " of "
                + segments;
    }
}

package io.vswitch.ctl.state;

import io.vswitch.core.guard.Guard;
import io.vswitch.core.guard.PortGuards;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Guards of a port by their names, as the journal and the command line have them; any thread. */
public final class Guards {
    /** Whatever the port's MAC and addresses are enough for. */
    public static final String AUTO = "auto";

    /** Nothing is checked. */
    public static final String NONE = "none";

    private static final List<String> NAMES = Stream.of(Guard.values()).map(Guard::label).toList();

    private Guards() {}

    /** The names in {@code auto}, {@code none} or a list with commas. */
    public static List<String> parse(final String text) {
        final List<String> names = List.of(text.split(",", -1));
        if (names.size() > 1 || !List.of(AUTO, NONE).contains(text)) {
            names.forEach(Guards::named);
        }
        return names;
    }

    /** Guards as one word: {@code none}, {@code all} or a list with commas. */
    public static String text(final List<String> names) {
        if (names == null || names.isEmpty()) {
            return NONE;
        }
        return names.size() == NAMES.size() ? "all" : String.join(",", names);
    }

    private static Guard named(final String name) {
        final int index = NAMES.indexOf(name);
        if (index < 0) {
            throw Refusal.usage(
                    "guard '%s'; allowed are auto, none, or a list of %s"
                            .formatted(name, String.join(",", NAMES)));
        }
        return Guard.values()[index];
    }

    /**
     * The guards meant for a new port; without a word, one that names its MAC or address has all.
     */
    public static List<String> ofNew(final PortSpec asked, final PortSpec completed) {
        if (asked.guards() != null) {
            return resolve(asked.guards(), completed);
        }
        final boolean isEndpoint = asked.mac() != null || !asked.addresses().isEmpty();
        return resolve(List.of(isEndpoint ? AUTO : NONE), completed);
    }

    /** Names in order and once, with {@code auto} and {@code none} replaced by what they mean. */
    public static List<String> resolve(final List<String> names, final PortSpec port) {
        if (names == null) {
            throw Refusal.usage("guards are missing");
        }
        if (names.equals(List.of(NONE))) {
            return List.of();
        }
        if (names.equals(List.of(AUTO))) {
            return NAMES.stream().filter(name -> hasWhatItNeeds(named(name), port)).toList();
        }
        final Set<Guard> guards = EnumSet.noneOf(Guard.class);
        names.forEach(name -> guards.add(named(name)));
        return guards.stream().map(Guard::label).toList();
    }

    private static boolean hasWhatItNeeds(final Guard guard, final PortSpec port) {
        return switch (guard) {
            case MAC, ARP, ND -> port.mac() != null;
            case IPV4, IPV6 -> !port.addresses().isEmpty();
            case DHCP, RA, STORM -> port.type() == PortType.TAP;
        };
    }

    /** The checks that a port asks for; a port of a journal without the field has none. */
    public static PortGuards of(final PortSpec port) {
        final List<Guard> guards = new ArrayList<>();
        if (port.guards() != null) {
            port.guards().forEach(name -> guards.add(named(name)));
        }
        final PortGuards.Builder builder = new PortGuards.Builder().guards(guards);
        if (port.mac() != null) {
            builder.mac(Mac.parse(port.mac()));
        }
        builder.traffic(Limits.of(port).traffic()).limits(Limits.of(port).storm());
        port.addresses().forEach(a -> builder.address(Cidr.parse("address", a).ip().bytes()));
        try {
            return builder.build();
        } catch (final IllegalArgumentException e) {
            throw Refusal.usage("port '%s': %s".formatted(port.name(), e.getMessage()));
        }
    }
}

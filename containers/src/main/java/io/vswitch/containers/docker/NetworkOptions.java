package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What {@code docker network create -o} says of a network; immutable.
 *
 * @param internal nothing outside can be reached.
 * @param uplink device of the host that is on the network, or null.
 * @param mtu bytes, or 0 for 1500.
 * @param guards what is checked of the frames that containers send; null: all that can be.
 * @param policy of its containers that have no other.
 * @param overlay how it reaches other hosts, or null.
 */
record NetworkOptions(
        Mode mode,
        boolean internal,
        String uplink,
        int mtu,
        List<String> guards,
        EndpointPolicy policy,
        OverlaySpec overlay) {
    /** Holds the options that users give. */
    static final String GENERIC = "com.docker.network.generic";

    private static final String INTERNAL = "com.docker.network.internal";
    private static final String DOCKERS_MTU = "com.docker.network.driver.mtu";
    private static final String DOCKERS = "com.docker.";
    private static final List<String> KNOWN =
            Stream.concat(
                            Stream.of(
                                    "mode", "mtu", "guard", "uplink", "vni", "port", "peers",
                                    "local"),
                            EndpointPolicy.OPTIONS.stream())
                    .toList();
    private static final int MAX_PORT = 65_535;
    private static final int MIN_MTU = 68;
    private static final int MAX_MTU = 65_521;

    /**
     * Reads the options of a CreateNetwork request.
     *
     * @throws Refusal with one sentence that says what is allowed.
     */
    static NetworkOptions parse(final Map<String, Object> options) {
        final Map<String, String> given = checked(options);
        final boolean internal = Boolean.TRUE.equals(options.get(INTERNAL));
        final String word = given.get("mode");
        final Mode mode = word != null ? Mode.parse(word) : internal ? Mode.INTERNAL : Mode.NAT;
        if (internal && mode != Mode.INTERNAL && mode != Mode.OVERLAY) {
            throw Refusal.usage("--internal contradicts mode=%s".formatted(mode.label()));
        }
        final Mode wired = mode.hasUplink() ? mode : Mode.TRANSPARENT;
        requireFor(wired, mode, "uplink", "DEVICE, a device of this host", given);
        requireFor(Mode.OVERLAY, mode, "vni", "NUMBER, the same on every host", given);
        for (final String option : List.of("port", "peers", "local")) {
            if (mode != Mode.OVERLAY && given.containsKey(option)) {
                throw Refusal.usage("option '" + option + "' is for mode=overlay");
            }
        }
        final String uplink = given.get("uplink");
        final String guard = given.get("guard");
        return new NetworkOptions(
                mode,
                internal || mode == Mode.INTERNAL,
                uplink == null ? null : Names.checkInterface("uplink", uplink),
                mtu(given),
                guard == null ? null : Guards.parse(guard),
                EndpointPolicy.of(given),
                mode == Mode.OVERLAY ? overlay(given) : null);
    }

    /** An option that one mode can't do without and the others don't have. */
    private static void requireFor(
            final Mode owner,
            final Mode mode,
            final String option,
            final String value,
            final Map<String, String> given) {
        if (mode == owner && !given.containsKey(option)) {
            throw Refusal.usage("mode=%s needs -o %s=%s".formatted(mode.label(), option, value));
        }
        if (mode != owner && given.containsKey(option)) {
            throw Refusal.usage("option '%s' is for mode=%s".formatted(option, owner.label()));
        }
    }

    private static OverlaySpec overlay(final Map<String, String> given) {
        final List<String> peers =
                Arrays.stream(given.getOrDefault("peers", "").split(","))
                        .map(String::strip)
                        .filter(peer -> !peer.isEmpty())
                        .map(peer -> Ip.parse("peer", peer).toString())
                        .toList();
        final String port = given.get("port");
        return new OverlaySpec(
                vni(given.get("vni")),
                given.get("local"),
                port == null ? OverlaySpec.DEFAULT_PORT : number("port", port, MAX_PORT),
                false,
                peers);
    }

    /** Reads a VNI, 1 to 16,777,215. */
    static int vni(final String text) {
        return number("vni", text, OverlaySpec.MAX_VNI);
    }

    private static int number(final String option, final String text, final int max) {
        final int number = text.matches("\\d{1,8}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > max) {
            throw Refusal.usage("%s '%s'; allowed are 1 to %d".formatted(option, text, max));
        }
        return number;
    }

    /** What a CreateEndpoint request says beside what the engine itself says. */
    static EndpointPolicy ofEndpoint(final Map<String, Object> options) {
        final Map<String, String> given = new TreeMap<>();
        options.forEach(
                (key, value) -> {
                    if (!key.startsWith(DOCKERS)) {
                        given.put(key, String.valueOf(value));
                    }
                });
        for (final String key : given.keySet()) {
            if (!EndpointPolicy.OPTIONS.contains(key)) {
                throw unknown("option of an endpoint", key, EndpointPolicy.OPTIONS);
            }
        }
        return EndpointPolicy.of(given);
    }

    /** The options that users give, whether they are known or not. */
    static Map<String, String> generic(final Map<String, Object> options) {
        final Map<String, String> given = new TreeMap<>();
        if (options.get(GENERIC) instanceof Map<?, ?> generic) {
            generic.forEach((key, value) -> given.put(key.toString(), String.valueOf(value)));
        }
        return given;
    }

    private static Map<String, String> checked(final Map<String, Object> options) {
        final Map<String, String> given = generic(options);
        for (final String key : given.keySet()) {
            if (!KNOWN.contains(key) && !key.equals(DOCKERS_MTU)) {
                throw unknown("option", key, KNOWN);
            }
        }
        return given;
    }

    private static Refusal unknown(final String what, final String key, final List<String> known) {
        final String nearest = Names.nearest(key, known);
        return Refusal.usage(
                "unknown %s '%s'%s; known are %s"
                        .formatted(
                                what,
                                key,
                                nearest == null ? "" : ", did you mean '" + nearest + "'?",
                                String.join(", ", known)));
    }

    private static int mtu(final Map<String, String> given) {
        final String text = given.getOrDefault("mtu", given.get(DOCKERS_MTU));
        if (text == null) {
            return 0;
        }
        final int mtu = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
        if (mtu < MIN_MTU || mtu > MAX_MTU) {
            throw Refusal.usage("mtu '%s'; allowed are %d to %d".formatted(text, MIN_MTU, MAX_MTU));
        }
        return mtu;
    }
}

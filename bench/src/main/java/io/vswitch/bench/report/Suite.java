package io.vswitch.bench.report;

import java.util.List;
import java.util.Locale;

/** A script that compares paths, with the paths of its tables and what ours is held to. */
enum Suite {
    COMPARE(List.of(Target.OURS, "bridge", "ovs", "ovs-tso", "veth"), "veth", Target.ALL),
    OVERLAY(List.of(Target.OURS, "kernel", "ovs", "prototype", "veth"), "kernel", Target.OVERLAY);

    private final List<String> paths;
    private final String limitPath;
    private final List<Target> targets;

    Suite(final List<String> paths, final String limitPath, final List<Target> targets) {
        this.paths = paths;
        this.limitPath = limitPath;
        this.targets = targets;
    }

    static Suite of(final String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    List<String> paths() {
        return paths;
    }

    /** The path that the others are shown as a share of. */
    String limitPath() {
        return limitPath;
    }

    List<Target> targets() {
        return targets;
    }
}

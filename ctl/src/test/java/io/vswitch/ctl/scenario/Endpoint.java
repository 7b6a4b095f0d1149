package io.vswitch.ctl.scenario;

/** The four endpoints of every scenario: a port of the switch, eth0 of a namespace. */
enum Endpoint {
    A,
    B,
    C,
    D;

    /** Name of the port. */
    String port() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    int number() {
        return ordinal() + 1;
    }

    String mac() {
        return "02:00:00:00:00:0" + number();
    }

    /** D has a smaller one than the others. */
    int mtu() {
        return this == D ? 1400 : 1500;
    }

    String ip() {
        return "10.1.1." + number();
    }

    String ip6() {
        return "fd01::" + number();
    }
}

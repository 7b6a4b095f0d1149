package io.vswitch.core.port;

/** What stands behind a port. */
public enum PortKind {
    /** A TAP device: a container's endpoint. */
    TAP,
    /** A packet socket on an existing device, a real or veth NIC. */
    UPLINK,
    /** Rings in this JVM: tests, benchmarks, embedding. */
    MEMORY,
    /** The way of one overlay network to its remote endpoints. */
    TUNNEL,
    /** The sockets that all tunnels from one local address share. */
    VTEP
}

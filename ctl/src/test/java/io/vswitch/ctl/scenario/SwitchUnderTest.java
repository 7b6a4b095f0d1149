package io.vswitch.ctl.scenario;

import java.io.IOException;

/** A switch that scenarios run against: what they need of it beyond the wire. */
interface SwitchUnderTest {
    /** Gives an endpoint its port: eth0 in its namespace, up, with its MAC and addresses. */
    void attach(Endpoint endpoint, String namespace) throws IOException, InterruptedException;

    /** Makes the policy of all ports this one, in one transaction. */
    void apply(Policy policy) throws IOException, InterruptedException;

    /** Forgets what it learned and tracked. */
    void forget() throws IOException, InterruptedException;

    /** Waits until cached flows know what it has learned. */
    void converge() throws IOException, InterruptedException;

    /** What it would do to a packet, without the packet: whether it reaches the endpoint. */
    boolean explains(Endpoint from, Packet packet, Endpoint to)
            throws IOException, InterruptedException;

    /** Packets dropped so far by policy, counted by the switch itself. */
    long blocked() throws IOException, InterruptedException;

    /** Lets a port forward nothing, or again. */
    void enable(Endpoint endpoint, boolean enabled) throws IOException, InterruptedException;

    /** Kills it and starts it again, without telling it anything. */
    void restart() throws IOException, InterruptedException;

    /** Lines of its log that report trouble, since the last call. */
    String complaints() throws IOException;

    /** Stops it; nothing of it stays. */
    void stop() throws IOException, InterruptedException;
}

package io.vswitch.core.engine;

import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.port.Poller;
import io.vswitch.core.state.ConnectionTable;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.Supplier;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/** Settings of a switch, concluded once by {@link #launch}; fluent setters. */
public final class SwitchContext {
    private int workers = 1;
    private int flowCapacity = 262_144;
    private long flowIdleMs = 10_000;
    private int connectionCapacity = 262_144;
    private int smallSlabs = 4096;
    private int largeSlabs = 256;
    private boolean busySpin;
    private boolean tcpLiberal;
    private NanoClock clock = SystemNanoClock.INSTANCE;
    private long seed = new SecureRandom().nextLong();
    private Path countersFile;
    private Supplier<Poller> pollers;

    /** Worker threads, 1 to 64. */
    public SwitchContext workers(final int count) {
        workers = count;
        return this;
    }

    public int workers() {
        return workers;
    }

    /** Most cached flows per worker, 1,024 to 16,777,216, rounded up to a power of two. */
    public SwitchContext flowCapacity(final int flows) {
        flowCapacity = flows;
        return this;
    }

    public int flowCapacity() {
        return flowCapacity;
    }

    /** Idle time after which a cached flow is forgotten, milliseconds. */
    public SwitchContext flowIdleMs(final long ms) {
        flowIdleMs = ms;
        return this;
    }

    public long flowIdleMs() {
        return flowIdleMs;
    }

    /**
     * Most connections that stateful layers remember, 64 to 16,777,216, rounded up to a power of
     * two.
     */
    public SwitchContext connectionCapacity(final int connections) {
        connectionCapacity = connections;
        return this;
    }

    public int connectionCapacity() {
        return connectionCapacity;
    }

    /** Whether TCP segments pass whatever their sequence numbers. */
    public SwitchContext tcpLiberal(final boolean liberal) {
        tcpLiberal = liberal;
        return this;
    }

    public boolean tcpLiberal() {
        return tcpLiberal;
    }

    /** Slabs of 2 KiB per worker. */
    public SwitchContext smallSlabs(final int slabs) {
        smallSlabs = slabs;
        return this;
    }

    public int smallSlabs() {
        return smallSlabs;
    }

    /** Slabs of 64 KiB per worker. */
    public SwitchContext largeSlabs(final int slabs) {
        largeSlabs = slabs;
        return this;
    }

    public int largeSlabs() {
        return largeSlabs;
    }

    /** Workers never yield or park: for dedicated cores. */
    public SwitchContext busySpin(final boolean spin) {
        busySpin = spin;
        return this;
    }

    public boolean busySpin() {
        return busySpin;
    }

    /** Mapped counters file, readable by other processes; null: counters in memory only. */
    public SwitchContext countersFile(final Path file) {
        countersFile = file;
        return this;
    }

    public Path countersFile() {
        return countersFile;
    }

    /** Makes one poller per worker; null: queues without descriptor only. */
    public SwitchContext pollers(final Supplier<Poller> supplier) {
        pollers = supplier;
        return this;
    }

    public Supplier<Poller> pollers() {
        return pollers;
    }

    /** Clock of flows, MACs and timers; tests use one of their own. */
    public SwitchContext clock(final NanoClock nanoClock) {
        clock = nanoClock;
        return this;
    }

    public NanoClock clock() {
        return clock;
    }

    /** Seed of the hash tables; random unless a test sets it. */
    public SwitchContext seed(final long hashSeed) {
        seed = hashSeed;
        return this;
    }

    public long seed() {
        return seed;
    }

    /** Checks the settings and starts the switch. */
    public VirtualSwitch launch() {
        conclude();
        return new SwitchEngine(this, false);
    }

    /** Checks the settings and makes a switch that its caller runs, cycle by cycle. */
    public ManualSwitch launchManual() {
        conclude();
        return new SwitchEngine(this, true);
    }

    private void conclude() {
        require("workers", workers, 1, 64);
        require("flow capacity", flowCapacity, FlowTable.MIN_CAPACITY, FlowTable.MAX_CAPACITY);
        require(
                "connection capacity",
                connectionCapacity,
                ConnectionTable.MIN_CAPACITY,
                ConnectionTable.MAX_CAPACITY);
        require("flow idle ms", flowIdleMs, 100, 86_400_000);
        require("small slabs", smallSlabs, 2 * PacketBatch.CAPACITY, 1 << 20);
        require("large slabs", largeSlabs, 4, 1 << 15);
    }

    private static void require(
            final String name, final long value, final long min, final long max) {
        if (value < min || value > max) {
            throw new SwitchException(name + " " + value + "; allowed: " + min + " to " + max);
        }
    }
}

package io.vswitch.core.engine;

import io.vswitch.core.port.Poller;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Settings of a switch, concluded once by {@link #launch}; fluent setters. */
public final class SwitchContext {
    private int workers = 1;
    private int flowCapacity = 262_144;
    private long flowIdleMs = 10_000;
    private int smallSlabs = 4096;
    private int largeSlabs = 256;
    private boolean busySpin;
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

    /** Checks the settings and starts the switch. */
    public VirtualSwitch launch() {
        throw new SwitchException("not assembled");
    }
}

package io.vswitch.bench;

import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cost of the flow table per packet: hash, look up, count. Flows come in uniformly random order,
 * the worst for caches. The keys are made from flow numbers, so that they cost no cache misses of
 * their own; {@link #keysOnly} is what making them takes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(PacketBatch.CAPACITY)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"})
public class FlowTableBenchmark {
    private static final int TRACE = 1 << 22;

    /** Flows in the table and in the trace. */
    @Param({"1000", "100000", "1000000"})
    private int flows;

    /** Entries of the table. */
    @Param({"1048576"})
    private int capacity;

    private final long[] keys = new long[PacketBatch.CAPACITY * FlowKey.WORDS];
    private final long[] hashes = new long[PacketBatch.CAPACITY];
    private final int[] entries = new int[PacketBatch.CAPACITY];
    private final int[] trace = new int[TRACE];
    private FlowTable table;
    private int position;
    private long nowNs;

    @Setup(Level.Trial)
    public void fill() {
        table = new FlowTable(capacity, 42);
        for (int flow = 0; flow < flows; flow++) {
            writeKey(0, flow);
            table.insert(keys, 0, table.hash(keys, 0), 0);
        }
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < TRACE; i++) {
            trace[i] = random.nextInt(flows);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        if (table.evictions() != 0) {
            throw new IllegalStateException("evictions: " + table.evictions());
        }
        table.close();
    }

    /** Making the keys alone. */
    @Benchmark
    public long[] keysOnly() {
        nextBurst();
        return keys;
    }

    /** The staged lookup of a burst. */
    @Benchmark
    public int burst() {
        nextBurst();
        table.hashAll(keys, PacketBatch.CAPACITY, hashes);
        table.lookup(keys, hashes, PacketBatch.CAPACITY, entries);
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            table.count(entries[i], 60, nowNs);
        }
        return entries[0];
    }

    /** One packet after the other. */
    @Benchmark
    public int oneByOne() {
        nextBurst();
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            final int at = i * FlowKey.WORDS;
            final int entry = table.find(keys, at, table.hash(keys, at));
            table.count(entry, 60, nowNs);
        }
        return position;
    }

    private void nextBurst() {
        nowNs++;
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            writeKey(i * FlowKey.WORDS, trace[position + i]);
        }
        position = (position + PacketBatch.CAPACITY) & (TRACE - 1);
    }

    /** IPv4 UDP from 10.0.0.0/8, the flow's number in the source address and port. */
    private void writeKey(final int at, final int flow) {
        keys[at] = 0x0200_0000_0002_0800L;
        keys[at + 1] = 0x0200_0000_0001_0000L;
        keys[at + 2] = 1L << 48 | 17L << 24;
        keys[at + 3] = (long) (flow & 0xfff) << 48 | 53L << 32;
        keys[at + 4] = (0x0a00_0000L | flow >>> 12) << 32 | 0x0a80_0001L;
    }
}

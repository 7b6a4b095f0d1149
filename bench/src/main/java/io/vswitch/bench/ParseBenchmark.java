package io.vswitch.bench;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketParser;
import io.vswitch.core.packet.PacketPool;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Parsing a full batch whose frames lie in 64 slabs; the score is nanoseconds per packet. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(PacketBatch.CAPACITY)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ParseBenchmark {
    private static final String MACS = "020000000002" + "020000000001";
    private static final String IPV6_ADDRESSES =
            "fd000000000000000000000000000001" + "fd000000000000000000000000000002";
    private static final String TCP =
            "04d20050" + "00000001" + "00000002" + "5010ffff" + "00000000";

    /** What the frames are. */
    public enum Traffic {
        /** 64 bytes with FCS, padded: IPv4 and TCP. */
        IPV4_TCP(
                MACS
                        + "0800"
                        + "450000280001400040060000"
                        + "0a0000010a000002"
                        + TCP
                        + "000000000000"),
        /** One VLAN tag, IPv6 and UDP. */
        VLAN_IPV6_UDP(
                MACS
                        + "81000005"
                        + "86dd"
                        + "6000000000081140"
                        + IPV6_ADDRESSES
                        + "0035003600080000"),
        /** Half and half, so that branches can't be learned by heart. */
        MIXED(null);

        private final String hex;

        Traffic(final String hex) {
            this.hex = hex;
        }

        private byte[] frame(final int slot) {
            final Traffic kind =
                    this != MIXED ? this : slot * 7 % 3 == 0 ? VLAN_IPV6_UDP : IPV4_TCP;
            return HexFormat.of().parseHex(kind.hex);
        }
    }

    @Param public Traffic traffic;

    private PacketBatch batch;

    @Setup
    public void fill() {
        final PacketPool pool = new PacketPool(4096, 1);
        batch = new PacketBatch(pool);
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            final byte[] frame = traffic.frame(i);
            final int slab = pool.allocateSmall();
            pool.buffer().putBytes(pool.frameOffset(slab), frame);
            batch.append(slab, pool.frameOffset(slab), frame.length);
        }
    }

    @Benchmark
    public DropReason parse() {
        DropReason last = null;
        for (int slot = 0; slot < PacketBatch.CAPACITY; slot++) {
            final DropReason reason = PacketParser.parse(batch, slot, 1);
            last = reason != null ? reason : last;
        }
        return last;
    }
}

package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.counters.CountersFile;
import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.view.PortStats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.ErrorLogReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A switch without threads on a clock of the test's own, with scripted ports a, b and c on network
 * blue. After each test the books must balance, no slab be held, and the error log hold what the
 * test says, which is nothing unless it says otherwise.
 */
abstract class EngineFixture {
    static final long MAC_A = 0x02_00_00_00_00_0aL;
    static final long MAC_B = 0x02_00_00_00_00_0bL;
    static final long MAC_C = 0x02_00_00_00_00_0cL;
    static final long BROADCAST = 0xff_ff_ff_ff_ff_ffL;

    /** After it no fragment waits for its first. */
    static final long FRAGMENTS_WAIT_NS = 1_100_000_000L;

    @TempDir Path directory;
    final ScriptedPort a = new ScriptedPort("a");
    final ScriptedPort b = new ScriptedPort("b");
    final ScriptedPort c = new ScriptedPort("c");
    long nowNs = 1_000_000_000L;
    int errorsExpected;
    ManualSwitch sw;

    SwitchContext context() {
        return new SwitchContext()
                .flowCapacity(1024)
                .smallSlabs(512)
                .largeSlabs(8)
                .clock(() -> nowNs)
                .seed(7)
                .countersFile(directory.resolve("counters"));
    }

    @BeforeEach
    void launch() {
        sw = context().launchManual();
        sw.addNetwork(NetworkConfig.of("blue"));
        for (final ScriptedPort port : List.of(a, b, c)) {
            sw.addPort(port, "blue", PortPolicy.ALLOW_ALL);
        }
    }

    @AfterEach
    void booksBalance() {
        run();
        nowNs += FRAGMENTS_WAIT_NS;
        run();
        final PortStats totals = sw.totals();
        assertEquals(
                totals.rxPackets() + totals.replicated(),
                totals.txPackets() + totals.dropped() + sw.buffered(),
                totals::toString);
        assertEquals(0, sw.slabsInUse());
        sw.close();
        assertEquals(errorsExpected, errors().size(), () -> errors().toString());
    }

    /** Texts of the distinct errors in the error log. */
    List<String> errors() {
        final List<String> texts = new ArrayList<>();
        try (CountersFile.View view = new CountersFile.View(directory.resolve("counters"))) {
            ErrorLogReader.read(view.errors(), (count, first, last, text) -> texts.add(text));
        }
        return texts;
    }

    /** Runs cycles until there is nothing to do. */
    void run() {
        while (sw.cycle() > 0) {
            nowNs += 1_000;
        }
    }

    void send(final ScriptedPort port, final UnsafeBuffer frame) {
        port.deliver(frame);
        run();
    }

    /** Lets the switch learn that A to C are behind their ports; forgets what that sent. */
    void introduce() {
        send(a, udp(MAC_A, BROADCAST, 1));
        send(b, udp(MAC_B, BROADCAST, 1));
        send(c, udp(MAC_C, BROADCAST, 1));
        a.sent.clear();
        b.sent.clear();
        c.sent.clear();
    }

    long drops(final DropReason reason) {
        return sw.totals().drops().getOrDefault(reason, 0L);
    }

    static UnsafeBuffer udp(final long from, final long to, final int dport) {
        return Frames.udp(from, to, "10.0.0.1", "10.0.0.2", 1000, dport, 20);
    }

    static UnsafeBuffer tcp(final long from, final long to, final int flags) {
        return Frames.tcp(from, to, "10.0.0.1", "10.0.0.2", 1000, 80, flags, 20);
    }
}

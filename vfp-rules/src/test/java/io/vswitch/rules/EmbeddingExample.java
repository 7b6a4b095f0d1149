package io.vswitch.rules;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.MemoryPort;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A whole switch inside a JVM; the README shows what is between the markers. */
final class EmbeddingExample {
    private EmbeddingExample() {}

    public static void main(final String[] args) {
        // tag::example
        try (VirtualSwitch vswitch = new SwitchContext().launch()) {
            PolicySet rules =
                    PolicySet.of("bob")
                            .withLayer(new Layer("acl", 100, Verdict.ALLOW))
                            .withGroup(new Group("acl", "in", Direction.INBOUND, 100))
                            .withRule(
                                    "acl",
                                    "in",
                                    Rule.of("no-dns", 100, "block proto udp dst-port 53"));
            MemoryPort alice = new MemoryPort("alice");
            MemoryPort bob = new MemoryPort("bob");
            vswitch.addNetwork(NetworkConfig.of("blue"));
            vswitch.addPort(alice, "blue", PortPolicy.ALLOW_ALL);
            vswitch.addPort(bob, "blue", new PolicyCompiler("bob").compile(rules, port -> -1));

            String ethernet = "ffffffffffff" + "020000000001" + "0800"; // to all, from alice, IPv4
            String ipv4 = "4500001c00000000401166cf0a0000010a000002"; // UDP, 10.0.0.1 to 10.0.0.2
            for (String port : List.of("0035", "0050")) { // first DNS, then port 80
                String udp = "03e8" + port + "00080000";
                byte[] frame = HexFormat.of().parseHex(ethernet + ipv4 + udp);
                alice.send(new UnsafeBuffer(frame), 0, frame.length);
            }
            MemoryPort.FrameHandler print =
                    (buffer, offset, length) ->
                            System.out.println(
                                    "bob got port "
                                            + buffer.getShort(offset + 36, ByteOrder.BIG_ENDIAN));
            while (bob.receive(print, 1) == 0) {
                Thread.onSpinWait();
            }
            System.out.println("dropped: " + vswitch.totals().drops());
        }
        // end::example
    }
}

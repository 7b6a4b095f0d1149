package io.vswitch.rules;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.port.MemoryPort;
import java.util.HexFormat;

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
                            .withRule("acl", "in", Rule.of("1", 1, "block proto udp dst-port 53"));
            MemoryPort alice = new MemoryPort("alice");
            MemoryPort bob = new MemoryPort("bob");
            vswitch.addNetwork(NetworkConfig.of("blue"));
            vswitch.addPort(alice, "blue");
            vswitch.addPort(bob, "blue", rules.compile());
            String headers = // Ethernet to all, IPv4 from 10.0.0.1 to 10.0.0.2, UDP from 1000
                    "ffffffffffff02000000000108004500001c00000000401166cf0a0000010a00000203e8";
            alice.send(HexFormat.of().parseHex(headers + "0035" + "00080000")); // to DNS
            alice.send(HexFormat.of().parseHex(headers + "0050" + "00080000")); // to port 80
            byte[] frame = bob.receive(5000); // waits so many milliseconds
            System.out.println(
                    "bob got port " + frame[37] + ", dropped: " + vswitch.totals().drops());
        }
        // end::example
    }
}

package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.Addresses;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.NaiveChecksum;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.view.MacPin;
import io.vswitch.core.view.Neighbour;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A router between blue, 10.0.0.0/24, and red, 10.9.0.0/24. */
class RouterTest extends EngineFixture {
    static final long ROUTER_MAC = 0x02_00_00_00_00_feL;
    private static final long MAC_R = 0x02_00_00_00_00_72L;
    private static final String TARGET = "10.9.0.7";

    private final ScriptedTunnel red = new ScriptedTunnel("vx-red");
    private final ScriptedPort redPort = new ScriptedPort("r");

    static RouterConfig router(final String... networks) {
        final List<RouterConfig.Gateway> gateways =
                List.of(networks).stream()
                        .map(
                                name ->
                                        new RouterConfig.Gateway(
                                                name,
                                                prefix(
                                                        name.equals("blue")
                                                                ? "10.0.0.254"
                                                                : "10.9.0.254",
                                                        24)))
                        .toList();
        return new RouterConfig("r1", ROUTER_MAC, gateways, List.of());
    }

    /** A packet to a router on blue alone, which can't bring it to this address. */
    static void misroute(final ManualSwitch sw, final ScriptedPort from, final String to) {
        sw.routers(List.of(router("blue")));
        from.deliver(packet(to));
    }

    private static RouterConfig.Address prefix(final String ip, final int length) {
        return new RouterConfig.Address(false, 0, Addresses.parseIpv4(ip) & 0xffff_ffffL, length);
    }

    private static Neighbour neighbour(final String ip, final long mac) {
        return new Neighbour(false, 0, Addresses.parseIpv4(ip) & 0xffff_ffffL, mac);
    }

    @BeforeEach
    void addRed() {
        introduce();
        sw.addNetwork(NetworkConfig.of("red"));
        sw.addPort(red, "red", PortPolicy.ALLOW_ALL);
        sw.addPort(redPort, "red", PortPolicy.ALLOW_ALL);
        sw.routers(List.of(router("blue", "red")));
        sw.mappings("red").neighbours(List.of(neighbour(TARGET, MAC_R)));
        sw.mappings("red").pin(List.of(new MacPin(MAC_R, "vx-red", 3)));
    }

    private static UnsafeBuffer packet(final String to) {
        return Frames.udp(MAC_A, ROUTER_MAC, "10.0.0.1", to, 1000, 80, 20);
    }

    @Test
    void shouldRewriteAndSendToTheNextHopsHost() {
        for (int i = 0; i < 2; i++) {
            send(a, packet(TARGET));
        }
        assertEquals(List.of(3, 3), red.remotes);
        final UnsafeBuffer sent = red.sent.get(1).buffer();
        assertEquals(MAC_R, EthernetHeader.destinationMac(sent, 0));
        assertEquals(ROUTER_MAC, EthernetHeader.sourceMac(sent, 0));
        assertEquals(packet(TARGET).getByte(22) - 1, sent.getByte(22));
        assertEquals(0, b.sent.size() + redPort.sent.size());
    }

    @Test
    void shouldFollowANextHopThatMoves() {
        send(a, packet(TARGET));
        sw.mappings("red").pin(List.of(new MacPin(MAC_R, "vx-red", 4)));
        send(a, packet(TARGET));
        sw.mappings("red").pin(List.of(new MacPin(MAC_R, null, 0)));
        send(redPort, udp(MAC_R, BROADCAST, 1));
        send(a, packet(TARGET));
        assertEquals(1, redPort.sent.size());
        red.remote = 9;
        send(red, udp(MAC_R, BROADCAST, 1));
        send(a, packet(TARGET));
        assertEquals(List.of(3, 4, 0, 9), red.remotes);
        sw.mappings("red").neighbours(List.of(neighbour(TARGET, 0)));
        send(a, packet(TARGET));
        assertEquals(1, drops(DropReason.NO_NEIGHBOUR));
    }

    @Test
    void shouldTakeTheLongestRoute() {
        sw.routers(
                List.of(
                        new RouterConfig(
                                "r1",
                                ROUTER_MAC,
                                router("blue", "red").gateways(),
                                List.of(
                                        new RouterConfig.Route(
                                                prefix("0.0.0.0", 0), prefix("10.0.0.2", 32)),
                                        new RouterConfig.Route(
                                                prefix("10.5.0.0", 16), prefix(TARGET, 32))))));
        sw.mappings("blue").neighbours(List.of(neighbour("10.0.0.2", MAC_B)));
        send(a, packet("10.5.1.1"));
        assertEquals(List.of(3), red.remotes);
        send(a, packet("1.1.1.1"));
        assertEquals(1, b.sent.size());
        assertEquals(MAC_B, EthernetHeader.destinationMac(b.sent.get(0).buffer(), 0));
    }

    @Test
    void shouldTellTheSenderWhenTheTtlRunsOut() {
        final UnsafeBuffer last = packet(TARGET);
        last.putByte(22, (byte) 1);
        Checksums.putIpv4(last, 14);
        send(a, last);
        assertEquals(1, drops(DropReason.TTL_EXCEEDED));
        assertEquals(1, a.sent.size());
        assertEquals(0, red.sent.size());
    }

    private static UnsafeBuffer ping(final String to) {
        final UnsafeBuffer frame = packet(to);
        frame.putByte(23, (byte) 1);
        Checksums.putIpv4(frame, 14);
        frame.putLong(34, 0x0800_0000_0001_0001L, ByteOrder.BIG_ENDIAN);
        final int sum = NaiveChecksum.sum(frame.byteArray(), 34, frame.capacity());
        frame.putShort(36, (short) ~sum, ByteOrder.BIG_ENDIAN);
        return frame;
    }

    @Test
    void shouldAnswerForItsAddresses() {
        sw.mappings("blue").neighbours(List.of(neighbour("10.0.0.254", ROUTER_MAC)));
        final UnsafeBuffer arp = GuardFrames.arp(MAC_A, 1, MAC_A, "10.0.0.1");
        arp.putByte(41, (byte) 254);
        send(a, arp);
        final UnsafeBuffer refresh = GuardFrames.arp(MAC_A, 1, MAC_A, "10.0.0.1");
        refresh.putByte(41, (byte) 254);
        EthernetHeader.addresses(refresh, 0, ROUTER_MAC, MAC_A);
        send(a, refresh);
        assertEquals(2, a.sent.size());
        send(a, ping("10.9.0.254"));
        assertEquals(3, a.sent.size());
        final UnsafeBuffer pong = a.sent.get(2).buffer();
        assertEquals(ROUTER_MAC, EthernetHeader.sourceMac(pong, 0));
        assertEquals(0, pong.getByte(34));
        assertEquals(3, drops(DropReason.ANSWERED));
        send(a, packet("10.0.0.254"));
        assertEquals(3, a.sent.size());
        assertEquals(4, drops(DropReason.ANSWERED));
    }

    @Test
    void shouldAnswerForItsAddressesOutOfATunnelToWhoAsked() {
        sw.mappings("red").neighbours(List.of(neighbour("10.0.0.2", ROUTER_MAC)));
        red.remote = 5;
        send(red, GuardFrames.arp(MAC_R, 1, MAC_R, "10.0.0.1"));
        assertEquals(List.of(5), red.remotes);
    }

    @Test
    void shouldNotLearnItsOwnMac() {
        red.remote = 5;
        send(red, udp(ROUTER_MAC, MAC_R, 1));
        assertTrue(sw.macs("red").stream().noneMatch(mac -> mac.mac() == ROUTER_MAC));
    }

    @Test
    void shouldSendNothingWhereNoRouterIs() {
        sw.routers(List.of());
        send(a, packet(TARGET));
        assertEquals(0, red.sent.size() + redPort.sent.size());
        assertEquals(1, b.sent.size());
    }

    @Test
    void shouldRefuseTwoRoutersOnOneNetwork() {
        assertThrows(
                SwitchException.class,
                () -> sw.routers(List.of(router("blue"), router("blue", "red"))));
        assertThrows(SwitchException.class, () -> sw.routers(List.of(router("green"))));
    }
}

package io.vswitch.vxlan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.view.PortStats;
import io.vswitch.tap.UdpOptions;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two of our hosts on one overlay, with an underlay that makes it hard for them. */
@Tag("root")
class OverlayPairTest {
    private static final String SNIFFER =
            String.join(
                    "\n",
                    "import socket,struct,sys,time",
                    "s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW,socket.htons(0x800))",
                    "s.bind(('u',0)); s.settimeout(0.5); print('ready',flush=True)",
                    "end=time.time()+30; ports=set()",
                    "while time.time()<end and len(ports)<int(sys.argv[1]):",
                    "  try: p=s.recv(2000)",
                    "  except socket.timeout: continue",
                    "  if p[23]==17 and p[36:38]==struct.pack('!H',4789) and p[29]==1:",
                    "    ports.add(struct.unpack('!H',p[34:36])[0])",
                    "print(*ports)");
    private static final String FLOWS =
            String.join(
                    "\n",
                    "import socket,sys,time",
                    "s=[socket.socket(socket.AF_INET,socket.SOCK_DGRAM) for i in range(200)]",
                    "for n in range(5):",
                    "  for x in s: x.sendto(b'hello',(sys.argv[1],9))",
                    "  time.sleep(0.2)");

    private static final String DATAGRAMS =
            String.join(
                    "\n",
                    "import socket,sys",
                    "s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)",
                    "s.setsockopt(socket.SOL_SOCKET,33,8<<20); s.settimeout(5)",
                    "if len(sys.argv)>1:",
                    "  for i in range(2000): s.sendto(b'%06d'%i+b'x'*(i%7//6),(sys.argv[1],7000))",
                    "else:",
                    "  s.bind(('',7000)); print('ready',flush=True); got=[]",
                    "  try:",
                    "    while len(got)<2000: got.append(s.recv(2000))",
                    "  except socket.timeout: pass",
                    "  want=[b'%06d'%i+b'x'*(i%7//6) for i in range(2000)]",
                    "  print(len(got)>=500,got==[w for w in want if w in set(got)])");

    private static void names(final Lab lab, final String... names) {
        Arrays.stream(names).forEach(lab::add);
    }

    private static OverlayHost host(
            final Lab lab, final int number, final int workers, final UdpOptions options) {
        final OverlayHost host =
                new OverlayHost(lab, workers, options.namespace(lab.namespace("h" + number)));
        host.network("blue", 42, "10.80.0." + (3 - number));
        host.endpoint("blue", "c" + number, 1450, "10.9.0." + number + "/24");
        return host;
    }

    private static UdpOptions options(final int number) {
        return new UdpOptions(OverlayHost.address("10.80.0." + number));
    }

    @Test
    void shouldKeepSuperFramesWholeFromEndToEnd() {
        try (Lab lab = new Lab()) {
            names(lab, "h1", "h2", "c1", "c2");
            lab.underlay("h1", "h2", "10.80.0.", 1500);
            try (OverlayHost left = host(lab, 1, 1, options(1));
                    OverlayHost right = host(lab, 2, 1, options(2))) {
                Transfer.run(lab, "c1", "c2", "10.9.0.2", 100);
                final PortStats sent = left.stats("vx-blue");
                final PortStats received = right.stats("vx-blue");
                assertTrue(sent.txBytes() / sent.txPackets() > 5000, sent::toString);
                assertTrue(received.rxBytes() / received.rxPackets() > 5000, received::toString);
                assertTrue(left.booksBalance(), () -> left.vswitch.totals().toString());
                assertTrue(right.booksBalance(), () -> right.vswitch.totals().toString());
            }
        }
    }

    @Test
    void shouldWorkWithSeveralWorkersAndWithoutChecksums() {
        try (Lab lab = new Lab()) {
            names(lab, "h1", "h2", "c1", "c2");
            lab.underlay("h1", "h2", "10.80.0.", 1500);
            try (OverlayHost left = host(lab, 1, 2, options(1).checksum(false));
                    OverlayHost right = host(lab, 2, 2, options(2).lanes(3))) {
                Transfer.run(lab, "c1", "c2", "10.9.0.2", 20);
                Transfer.run(lab, "c2", "c1", "10.9.0.1", 20);
                assertTrue(left.booksBalance(), () -> left.vswitch.totals().toString());
                assertTrue(right.booksBalance(), () -> right.vswitch.totals().toString());
            }
        }
    }

    @Test
    void shouldSpreadFlowsOverSourcePortsForTheUnderlay() {
        try (Lab lab = new Lab()) {
            names(lab, "h1", "h2", "c1", "c2");
            lab.underlay("h1", "h2", "10.80.0.", 1500);
            try (OverlayHost left = host(lab, 1, 1, options(1));
                    OverlayHost right = host(lab, 2, 1, options(2))) {
                lab.in("c1", "ping -c 1 -W 10 10.9.0.2");
                final Process sniffer = lab.python("h2", SNIFFER, "50");
                final Process flows = lab.python("c1", FLOWS, "10.9.0.2");
                Lab.output(flows);
                final Set<String> ports =
                        Arrays.stream(Lab.output(sniffer).split("\\s+"))
                                .filter(word -> !word.equals("ready"))
                                .collect(Collectors.toSet());
                assertTrue(ports.size() >= 50, () -> "200 flows on ports " + ports);
                assertTrue(left.booksBalance() && right.booksBalance());
            }
        }
    }

    @Test
    void shouldKeepDatagramsApartAndInOrder() throws IOException {
        try (Lab lab = new Lab()) {
            names(lab, "h1", "h2", "c1", "c2");
            lab.underlay("h1", "h2", "10.80.0.", 1500);
            try (OverlayHost left = host(lab, 1, 1, options(1));
                    OverlayHost right = host(lab, 2, 1, options(2))) {
                lab.in("c1", "ping -c 1 -W 10 10.9.0.2");
                final Process receiver = lab.python("c2", DATAGRAMS);
                while (receiver.getInputStream().read() != '\n') {
                    // until it is ready
                }
                Lab.output(lab.python("c1", DATAGRAMS, "10.9.0.2"));
                // not all: the TAP's queue of 1,000 may overflow where the switch gets no core
                assertEquals("True True\n", Lab.output(receiver));
                assertTrue(left.booksBalance() && right.booksBalance());
            }
        }
    }

    @Test
    void shouldLearnOfASmallerPathMtuFromTheNetwork() {
        try (Lab lab = new Lab()) {
            names(lab, "h1", "r", "h2", "c1", "c2");
            routed(lab);
            try (OverlayHost left = host(lab, 1, 1, options(1));
                    OverlayHost right = host(lab, 2, 1, options(2))) {
                Transfer.run(lab, "c1", "c2", "10.9.0.2", 20);
                assertEquals(1400, left.vtep.remotes().mtu(1));
                assertTrue(left.booksBalance() && right.booksBalance());
            }
        }
    }

    /** 10.80.0.1 and 10.80.0.2, each behind a router whose second link has a small MTU. */
    private static void routed(final Lab lab) {
        for (int i = 1; i <= 2; i++) {
            final String host = "h" + i;
            lab.ip(host, "link add u type veth peer name r" + i);
            lab.move(host, "r" + i, "r");
            lab.ip(host, "addr add 10.80.0." + i + "/32 dev u");
            lab.ip(host, "link set u up");
            lab.ip("r", "link set r" + i + " mtu " + (i == 1 ? 1500 : 1400) + " up");
            lab.ip("r", "addr add 10.80.1." + i + "/32 dev r" + i);
            lab.ip("r", "route add 10.80.0." + i + " dev r" + i);
            lab.ip(host, "route add 10.80.1." + i + " dev u");
            lab.ip(host, "route add default via 10.80.1." + i + " src 10.80.0." + i);
        }
        lab.in("r", "sysctl -qw net.ipv4.ip_forward=1");
    }

    @Test
    void shouldNameTheKernelsDeviceThatHasThePort() {
        try (Lab lab = new Lab()) {
            names(lab, "h1", "h2");
            lab.underlay("h1", "h2", "10.80.0.", 1500);
            lab.ip("h1", "link add vxk type vxlan id 5 dstport 4789 local 10.80.0.1 dev u");
            lab.ip("h1", "link set vxk up");
            final var e =
                    assertThrows(
                            SwitchException.class,
                            () -> new OverlayHost(lab, "h1", "10.80.0.1").close());
            assertTrue(e.getMessage().contains("vxlan device 'vxk' has it"), e.getMessage());
        }
    }

    @Test
    void shouldRefuseAnAddressThatIsNotOurs() {
        try (Lab lab = new Lab()) {
            names(lab, "h1", "h2");
            final var e =
                    assertThrows(
                            SwitchException.class,
                            () -> new OverlayHost(lab, "h1", "10.80.0.1").close());
            assertEquals(
                    "no device has address 10.80.0.1; it must be an address of this host",
                    e.getMessage());
        }
    }
}

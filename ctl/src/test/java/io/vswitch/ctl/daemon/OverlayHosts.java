package io.vswitch.ctl.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Three hosts on one wire, each a namespace: two run a vswitchd, the third is the kernel's own
 * vxlan; gone with the test. Endpoints are further namespaces.
 *
 * <pre>
 *   namespaces 0, 1, 2: hosts 192.0.2.10, .11, .12    3: the wire, a bridge    4 to 7: endpoints
 *   network blue, VNI 4096: 10.1.0.x of endpoint x; of host 2 10.1.0.12 on the vxlan device itself
 * </pre>
 */
final class OverlayHosts implements AutoCloseable {
    static final int KERNEL = 2;
    static final int WIRE = 3;
    static final int FIRST_ENDPOINT = 4;
    private static final int WAIT_MS = 60_000;

    final Namespaces spaces;
    final List<DaemonProcess> daemons = new ArrayList<>();
    private final Path directory;
    private final boolean shares;

    OverlayHosts(final Path directory) throws Exception {
        this(directory, false);
    }

    /**
     * @param shares the daemons share an endpoint directory.
     */
    OverlayHosts(final Path directory, final boolean shares) throws Exception {
        this.directory = directory;
        this.shares = shares;
        spaces = new Namespaces(8);
        try {
            wire();
            kernelHost();
            for (int i = 0; i < 2; i++) {
                daemons.add(start(i));
            }
        } catch (final Exception | AssertionError e) {
            close();
            throw e;
        }
    }

    private void wire() throws Exception {
        spaces.in(WIRE, "ip link add br0 type bridge");
        spaces.in(WIRE, "ip link set br0 up");
        for (int i = 0; i <= KERNEL; i++) {
            spaces.in(
                    WIRE,
                    "ip link add h" + i + " type veth peer name eth0 netns " + spaces.name(i));
            spaces.in(WIRE, "ip link set h" + i + " master br0 up");
            spaces.in(i, "ip link set lo up");
            spaces.in(i, "ip addr add " + address(i) + "/24 dev eth0");
            spaces.in(i, "ip link set eth0 up");
        }
        for (int i = FIRST_ENDPOINT; i < 8; i++) {
            spaces.in(i, "ip link set lo up");
        }
    }

    static String address(final int host) {
        return "192.0.2." + (10 + host);
    }

    private void kernelHost() throws Exception {
        spaces.in(
                KERNEL,
                "ip link add vx type vxlan id 4096 dstport 4789 local "
                        + address(KERNEL)
                        + " dev eth0 noudpcsum");
        for (int i = 0; i < KERNEL; i++) {
            spaces.in(KERNEL, "bridge fdb append 00:00:00:00:00:00 dev vx dst " + address(i));
        }
        spaces.in(KERNEL, "ip addr add 10.1.0.12/16 dev vx");
        spaces.in(KERNEL, "ip addr add fd10::12/64 dev vx nodad");
        spaces.in(KERNEL, "ip link set vx up");
    }

    /** Starts, or starts again, the vswitchd of a host. */
    DaemonProcess start(final int host) throws IOException, InterruptedException {
        final Path home = Files.createDirectories(directory.resolve("host" + host));
        final List<String> prefix = List.of("ip", "netns", "exec", spaces.name(host));
        if (!shares) {
            return new DaemonProcess(home, prefix);
        }
        final Path key = directory.resolve("key");
        if (Files.notExists(key)) {
            Files.writeString(key, "a secret of two hosts");
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        }
        return new DaemonProcess(
                home,
                prefix,
                "--directory=jgroups:" + address(0) + "," + address(1),
                "--directory-key=" + key,
                "--directory-timeout=2");
    }

    DaemonProcess daemon(final int host) {
        return daemons.get(host);
    }

    void restart(final int host) throws IOException, InterruptedException {
        daemons.set(host, start(host));
    }

    /** Network blue on both, each with the two other hosts as peers. */
    void addBlue() {
        for (int host = 0; host < 2; host++) {
            daemon(host)
                    .run(
                            "add-network blue --mode overlay --vni 4096 --subnet 10.1.0.0/16"
                                    + " --local "
                                    + address(host)
                                    + " --peer "
                                    + address(1 - host)
                                    + ","
                                    + address(KERNEL))
                    .ok();
        }
    }

    /** Network blue on both, without peers: the directory knows them. */
    void addSharedBlue() {
        for (int host = 0; host < 2; host++) {
            daemon(host)
                    .run(
                            "add-network blue --mode overlay --vni 4096 --subnet 10.1.0.0/16"
                                    + " --local "
                                    + address(host))
                    .ok();
        }
    }

    /** An endpoint in its namespace, 10.1.0.N and fd10::N. */
    void addEndpoint(final int host, final int endpoint, final String more) {
        daemon(host)
                .run(
                        "add-port p"
                                + endpoint
                                + " --network blue --netns "
                                + spaces.name(endpoint)
                                + " --ip 10.1.0."
                                + endpoint
                                + "/16 --ip fd10::"
                                + endpoint
                                + "/64"
                                + more)
                .ok();
    }

    /** Waits until it is so, as long as a loaded machine may take. */
    static boolean eventually(final BooleanSupplier condition) throws InterruptedException {
        final long end = System.nanoTime() + WAIT_MS * 1_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(50);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        daemons.forEach(DaemonProcess::close);
        spaces.close();
    }
}

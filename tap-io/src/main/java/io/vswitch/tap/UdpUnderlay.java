package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.port.DatagramQueue;
import io.vswitch.core.port.Underlay;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * The UDP sockets of a tunnel endpoint: one for each worker to receive at, and a set to send from,
 * shared by the workers, whose ports give the underlay something to spread flows by. Opened and
 * closed by the conductor.
 *
 * <p>Raw sockets could send from any port, but not in trains.
 */
public final class UdpUnderlay implements Underlay {
    private final UdpOptions options;
    private final UdpSocket[] receiving;
    private final UdpSocket[] sending;
    private final DatagramQueue[] queues;
    private final int mtu;
    private UnderlayTap tap;
    private String superFrames;
    private boolean closed;

    private UdpUnderlay(final UdpOptions options) {
        this.options = options;
        this.receiving = new UdpSocket[options.queues()];
        this.sending = new UdpSocket[options.lanes()];
        this.queues = new DatagramQueue[options.queues()];
        try (LinkSearch links = new LinkSearch()) {
            this.mtu = links.mtuOf(options.local());
            for (int i = 0; i < receiving.length; i++) {
                receiving[i] = UdpSocket.receiving(options);
            }
            for (int i = 0; i < sending.length; i++) {
                sending[i] = UdpSocket.sending(options);
            }
        } catch (final SwitchException e) {
            close();
            throw e;
        }
        openTap();
        final int[] ports = Arrays.stream(sending).mapToInt(UdpSocket::port).toArray();
        for (int i = 0; i < queues.length; i++) {
            final UdpQueue sockets = new UdpQueue(receiving[i], sending, options);
            queues[i] =
                    tap == null ? sockets : new WholeFrameQueue(sockets, tap, tap.queue(i, ports));
        }
    }

    private void openTap() {
        if (!options.superFrames()) {
            superFrames = "cut";
            return;
        }
        try {
            tap = UnderlayTap.open(options);
            superFrames = "uncut, through " + tap.device();
        } catch (final SwitchException e) {
            superFrames = "cut: " + e.getMessage();
        }
    }

    /** How super-frames leave, in words: cut or uncut, and why. */
    public String superFrames() {
        return superFrames;
    }

    /**
     * Opens the sockets in the namespace of the options.
     *
     * @throws SwitchException with one line that says what is missing, or who has the port.
     */
    public static UdpUnderlay open(final UdpOptions options) {
        return options.namespace().call(() -> new UdpUnderlay(options));
    }

    @Override
    public InetAddress local() {
        return options.local();
    }

    @Override
    public int port() {
        return options.port();
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public boolean hasUdpSegmentation() {
        return KernelVersion.hasUdpSegmentation();
    }

    @Override
    public int queueCount() {
        return queues.length;
    }

    @Override
    public DatagramQueue queue(final int worker) {
        return queues[worker];
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (tap != null) {
                tap.close();
                for (final DatagramQueue queue : queues) {
                    ((WholeFrameQueue) queue).close();
                }
            }
            closeAll(receiving);
            closeAll(sending);
        }
    }

    private static void closeAll(final UdpSocket[] sockets) {
        for (final UdpSocket socket : sockets) {
            if (socket != null) {
                socket.close();
            }
        }
    }
}

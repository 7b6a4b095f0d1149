package io.vswitch.core.state;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.packet.TcpHeader;
import io.vswitch.core.packet.TcpOptions;

/** What a TCP header says of the stream; one deciding thread, reused. */
final class TcpSegment {
    /** A fragment's datagram may be so long. */
    private static final int MAX_DATAGRAM = 65_535;

    private boolean present;
    private int sequence;
    private int end;
    private int flags;
    private int scale;

    /** There is no segment. */
    void clear() {
        present = false;
    }

    /** Reads a parsed packet; not present unless it is TCP. A super-frame is one segment. */
    void read(final PacketBatch batch, final int slot) {
        final int parsed = batch.parseFlags(slot);
        present = (parsed & ParseFlag.TCP) != 0;
        if (!present) {
            return;
        }
        final int l4 = batch.l4Offset(slot);
        flags = ParseFlag.tcpFlags(parsed);
        sequence = TcpHeader.sequence(batch.buffer(), l4);
        int length =
                batch.offset(slot)
                        + batch.length(slot)
                        - l4
                        - TcpHeader.headerLength(batch.buffer(), l4);
        if ((parsed & ParseFlag.FIRST_FRAGMENT) != 0) {
            length = MAX_DATAGRAM;
        }
        end = sequence + length + (flags & TcpHeader.SYN) / TcpHeader.SYN + (flags & TcpHeader.FIN);
        if (isSyn()) {
            scale = TcpOptions.windowScale(batch.buffer(), l4);
        }
    }

    boolean isPresent() {
        return present;
    }

    boolean isSyn() {
        return (flags & TcpHeader.SYN) != 0;
    }

    /** Sequence number of its first byte. */
    int sequence() {
        return sequence;
    }

    /** Sequence number behind it; too high by the frame's padding. */
    int end() {
        return end;
    }

    /** Of a SYN: the window scale that it offers, or -1. */
    int scale() {
        return scale;
    }
}

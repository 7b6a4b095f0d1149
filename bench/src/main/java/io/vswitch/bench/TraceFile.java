package io.vswitch.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes the trace of {@link WorkerCycleBenchmark} as a pcap file, for other switches to read. */
public final class TraceFile {
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int ETHERNET = 1;

    private TraceFile() {}

    /**
     * @param args number of flows, then the file to write.
     * @throws IOException when the file can't be written.
     */
    public static void main(final String[] args) throws IOException {
        final int flows = Integer.parseInt(args[0]);
        try (FileChannel file =
                FileChannel.open(
                        Path.of(args[1]),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            final ByteBuffer pcap = pcap(Traces.flows(flows), flows);
            while (pcap.hasRemaining()) {
                file.write(pcap);
            }
        }
    }

    private static ByteBuffer pcap(final UnsafeBuffer trace, final int frames) {
        final ByteBuffer out =
                ByteBuffer.allocate(FILE_HEADER + frames * (RECORD_HEADER + Traces.FRAME_LENGTH))
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4);
        out.putInt(0).putInt(0).putInt(65_535).putInt(ETHERNET);
        for (int i = 0; i < frames; i++) {
            out.putInt(0).putInt(i).putInt(Traces.FRAME_LENGTH).putInt(Traces.FRAME_LENGTH);
            trace.getBytes(i * Traces.FRAME_LENGTH, out, Traces.FRAME_LENGTH);
        }
        return out.flip();
    }
}

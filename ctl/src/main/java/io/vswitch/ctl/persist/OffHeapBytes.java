package io.vswitch.ctl.persist;

import java.nio.ByteBuffer;
import net.openhft.chronicle.bytes.Bytes;

/**
 * Elastic off-heap buffers from Chronicle Bytes, quietly; any thread may allocate, each buffer has
 * one owner.
 *
 * <p>The first allocation in a JVM initialises Chronicle, which costs 120 to 240 ms (Java 17, 2
 * cores, 170 classes plus SLF4J). So nothing here is touched while a journal is replayed, and
 * {@link #warmUp()} pays the price beside the rest of the start.
 */
final class OffHeapBytes {
    static {
        // No "Chronicle core loaded" line, no announcements, no usage reports.
        setIfAbsent("org.slf4j.simpleLogger.log.net.openhft", "warn");
        setIfAbsent("chronicle.announcer.disable", "true");
        setIfAbsent("chronicle.analytics.disable", "true");
        // Chronicle would load ./system.properties, so the working directory could set our
        // properties.
        setIfAbsent("system.properties", "/dev/null");
    }

    private OffHeapBytes() {}

    /** A little-endian buffer that grows from {@code initialBytes} up to {@code maxBytes}. */
    static Bytes<ByteBuffer> allocate(int initialBytes, int maxBytes) {
        Bytes<ByteBuffer> bytes = Bytes.elasticByteBuffer(initialBytes, maxBytes);
        // The owner may change hands (open on one thread, append on another); two at once is a bug.
        bytes.singleThreadedCheckDisabled(true);
        return bytes;
    }

    /**
     * Initialises Chronicle on a short-lived daemon thread, so that the first append finds it
     * ready.
     */
    static void warmUp() {
        WarmUp.start();
    }

    /**
     * What was written so far as one readable view; valid until the next write to {@code bytes}.
     */
    static ByteBuffer written(Bytes<ByteBuffer> bytes) {
        ByteBuffer view = bytes.underlyingObject();
        return view.clear().limit(Math.toIntExact(bytes.writePosition()));
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    /** Class initialisation is the once-per-JVM guard. */
    private static final class WarmUp {
        static {
            Thread thread = new Thread(() -> allocate(64, 64).releaseLast(), "journal-warm-up");
            thread.setDaemon(true);
            thread.start();
        }

        static void start() {}
    }
}

package io.vswitch.ctl.scenario;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The 4 MiB that every endpoint serves at /blob. */
final class Bulk {
    static final int BYTES = 4 << 20;
    static final String SUM = sum();

    /** More than any socket buffers. */
    static final int LONG_BYTES = 8 * BYTES;

    private Bulk() {}

    private static String sum() {
        final byte[] bytes = new byte[BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A line of sh that prints the sum of what it downloads. */
    static String download(final String authority, final String options) {
        return "curl -s -g --max-time 50 %s http://%s/blob | md5sum | cut -d' ' -f1"
                .formatted(options, authority);
    }

    /**
     * A line of sh that downloads slowly as often as makes {@link #LONG_BYTES}, for 8 s at most,
     * and prints how many came.
     */
    static String longDownload(final String authority) {
        final String urls = ("http://" + authority + "/blob ").repeat(LONG_BYTES / BYTES);
        return "timeout 8 curl -s -g --limit-rate 8M %s| wc -c".formatted(urls);
    }

    /** A line of sh that uploads as much and prints the sum the server saw. */
    static String upload(final String authority) {
        return "curl -s -g --max-time 50 http://%s/blob | curl -s -g --max-time 50 -H Expect: --data-binary @- http://%s/"
                .formatted("[::1]", authority);
    }
}

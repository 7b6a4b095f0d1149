package io.vswitch.ctl.state;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/** MAC addresses as text and as the low 48 bits of a long; stateless, any thread. */
public final class Mac {
    /** All ones. */
    public static final long BROADCAST = 0xffff_ffff_ffffL;

    private static final Pattern TEXT = Pattern.compile("[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private Mac() {}

    /** Parses six hexadecimal bytes with colons. */
    public static long parse(final String text) {
        if (!TEXT.matcher(text).matches()) {
            throw Refusal.usage("MAC '" + text + "': allowed are six bytes like 02:00:00:00:00:01");
        }
        long mac = 0;
        for (final String part : text.split(":")) {
            mac = mac << 8 | Integer.parseInt(part, 16);
        }
        return mac;
    }

    /** Parses the MAC of one station, neither a group's nor zero. */
    public static long parseUnicast(final String text) {
        final long mac = parse(text);
        if (mac == 0 || (mac >>> 40 & 1) != 0) {
            throw Refusal.usage(
                    "MAC '" + text + "': an endpoint's MAC is neither zero nor a group's");
        }
        return mac;
    }

    public static String format(final long mac) {
        return "%02x:%02x:%02x:%02x:%02x:%02x"
                .formatted(
                        mac >>> 40 & 0xff,
                        mac >>> 32 & 0xff,
                        mac >>> 24 & 0xff,
                        mac >>> 16 & 0xff,
                        mac >>> 8 & 0xff,
                        mac & 0xff);
    }

    /** A locally administered MAC of one station. */
    public static String random() {
        return format((RANDOM.nextLong() & 0x00ff_ffff_ffffL) | 0x0200_0000_0000L);
    }
}

package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.util.HexFormat;
import java.util.Locale;

/** MAC addresses as text; stateless. */
final class MacText {
    private static final HexFormat FORMAT = HexFormat.ofDelimiter(":");
    private static final int LENGTH = 6;

    private MacText() {}

    static String of(final byte[] mac) {
        return FORMAT.formatHex(mac);
    }

    /**
     * @throws SwitchException when the text isn't a unicast MAC address that a device may have.
     */
    static byte[] parse(final String text) {
        byte[] mac = new byte[0];
        try {
            mac = FORMAT.parseHex(text.toLowerCase(Locale.ROOT));
        } catch (final IllegalArgumentException e) {
            // Same answer as for a wrong length.
        }
        if (mac.length != LENGTH || (mac[0] & 1) != 0 || of(mac).equals("00:00:00:00:00:00")) {
            throw new SwitchException(
                    "MAC address '"
                            + text
                            + "'; allowed: six hex bytes with colons, neither zero nor a group"
                            + " address");
        }
        return mac;
    }
}

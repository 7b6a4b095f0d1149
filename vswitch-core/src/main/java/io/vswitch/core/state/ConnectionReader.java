package io.vswitch.core.state;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.view.ConnectionInfo;

/** Reads what a {@link ConnectionTable} knows of its connections; the table's worker. */
public final class ConnectionReader {
    private final ConnectionEntries entries;
    private final NatTable translations;
    private final long[] key = new long[ConnectionKey.WORDS];

    ConnectionReader(final ConnectionEntries entries, final NatTable translations) {
        this.entries = entries;
        this.translations = translations;
    }

    /** Names the port and layer of a connection. */
    @FunctionalInterface
    public interface Namer {
        /**
         * What a place is called.
         *
         * @param layer number of a layer of the port, or 0 for the port itself.
         */
        String name(int portId, int layer);
    }

    private Direction direction(final int entry) {
        return ConnectionTable.direction(entries.getInt(entry, ConnectionEntries.OPENER));
    }

    /** Loads the first packet, as the layer saw it. */
    void loadOpener(final int entry, final HeaderFields fields) {
        final long destination = entries.getLong(entry, ConnectionEntries.DESTINATION);
        final long source = entries.getLong(entry, ConnectionEntries.SOURCE);
        fields.destinationMac = destination >>> 16;
        fields.etherType = (int) destination & 0xffff;
        fields.sourceMac = source >>> 16;
        fields.ingressPort = (int) source & 0xffff;
        fields.tcpFlags = entries.getInt(entry, ConnectionEntries.OPENER) & 0xff;
        fields.fragment = 0;
        fields.dscp = -1;
        fields.ttlDecrement = 0;
        fields.segmentLimit = 0;
        fields.quoted = null;
        entries.loadKey(entry, key);
        ConnectionKey.load(key, direction(entry), fields);
    }

    /** Loads addresses and ports of the first packet as the layer translated it. */
    void loadTranslated(final int entry, final HeaderFields fields) {
        translations.loadReply(entry, key);
        ConnectionKey.load(key, direction(entry), fields);
    }

    boolean isTranslated(final int entry) {
        return entries.getInt(entry, ConnectionEntries.TRANSLATED) != 0;
    }

    /** All there is to show of a connection; null for an entry that holds none. */
    public ConnectionInfo read(
            final int entry, final long nowNs, final Namer namer, final int worker) {
        final int list = entries.getInt(entry, ConnectionEntries.LIST);
        if (list == ConnectionEntries.FREE) {
            return null;
        }
        final HeaderFields opener = new HeaderFields();
        loadOpener(entry, opener);
        HeaderFields translated = null;
        if (isTranslated(entry)) {
            translated = new HeaderFields().copyFrom(opener);
            loadTranslated(entry, translated);
        }
        final long place = entries.keyWord(entry, 4);
        final int portId = ConnectionKey.portId(place);
        final long idleNs = nowNs - entries.getLong(entry, ConnectionEntries.LAST_USED);
        return new ConnectionInfo(
                namer.name(portId, 0),
                namer.name(portId, ConnectionKey.layer(place)),
                direction(entry) == Direction.OUTBOUND,
                opener,
                translated,
                AgeLists.state(list).label(),
                millis(nowNs - entries.getLong(entry, ConnectionEntries.OPENED)),
                millis(idleNs),
                millis(AgeLists.timeoutNs(list) - idleNs),
                worker);
    }

    private static long millis(final long nanos) {
        return Math.max(0, nanos) / 1_000_000;
    }
}

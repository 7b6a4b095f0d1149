package io.vswitch.core.policy;

import io.vswitch.core.counters.DropReason;

/**
 * The connections that stateful layers of one switch remember, as a policy's walk sees them; owned
 * by one evaluating thread. What the walk asks for by {@link #keep} and {@link #open} happens only
 * when the whole decision lets the packet go on.
 */
public interface PolicyState {
    /** The packet belongs to no connection and opens none. */
    int NONE = 0;

    /** The packet belongs to no connection, but may open one. */
    int NEW = 1;

    /** The packet belongs to a connection and goes the way of its first packet. */
    int FORWARD = 2;

    /** The packet belongs to a connection and goes the other way. */
    int REVERSE = 3;

    /**
     * Looks the packet up among the connections of a layer of the port being walked.
     *
     * @param layer number of the layer, 1 to 65,535.
     * @param direction of the packet.
     * @param fields as the layer sees them.
     * @return {@link #NONE}, {@link #NEW}, {@link #FORWARD} or {@link #REVERSE}.
     */
    int find(int layer, Direction direction, HeaderFields fields);

    /** The first packet of the connection found last, as the layer saw it; valid until the next. */
    HeaderFields opener();

    /**
     * True when the packet looked up last is an ICMP error about a packet of the connection found:
     * it is found {@link #FORWARD} when it goes the opener's way, else {@link #REVERSE}.
     */
    boolean isRelated();

    /** True when the connection found last is translated. */
    boolean isTranslated();

    /** True when the packet looked up last might open a connection, were there none. */
    boolean opens();

    /** True when the packet looked up last is a SYN after the end of the connection found. */
    boolean begins();

    /** The packet looked up last passes the layer as part of the connection found. */
    void keep();

    /**
     * The packet looked up last opens a connection: it was found {@link #NEW}, or {@link #opens}
     * and takes the place of the connection found.
     */
    void open();

    /**
     * The same for a connection to be translated; rewrites the fields given to {@link #find}.
     *
     * @return null, or why the packet is dropped.
     */
    DropReason open(Translation translation);

    /**
     * The packet looked up last passes the layer as part of the translated connection found: its
     * fields are rewritten like those of the first packet, or the other way round; those of an ICMP
     * error likewise, with the packet it quotes.
     *
     * @param translation that decides about the opener's packets now.
     * @return false when it doesn't hold any more; nothing is changed then.
     */
    boolean keep(Translation translation);

    /**
     * The connection found doesn't go on: TCP is taken for reset. Unlike the rest, this happens
     * when the decision drops the packet.
     */
    void end();
}

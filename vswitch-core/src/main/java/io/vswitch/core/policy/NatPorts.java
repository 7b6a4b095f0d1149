package io.vswitch.core.policy;

/**
 * The addresses and ports in use by translated connections of one switch; owned by one evaluating
 * thread. What is found free is taken only when the decision's connections are opened.
 */
public interface NatPorts {
    /**
     * Gives the packet, which opens a connection, a source address and port: those that connections
     * of the same source have already (RFC 4787 REQ-1), else an address that stays the same for a
     * source address (REQ-2) and its own port (REQ-3), else another that is free.
     *
     * @return false when none is free; the packet is unchanged then.
     */
    boolean takeSource(NatPool pool, HeaderFields fields);
}

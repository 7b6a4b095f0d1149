package io.vswitch.core.policy;

/**
 * What is done with packets to an address that a mapping space doesn't know; immutable.
 *
 * @param space name of the space.
 * @param packets how many of them each worker keeps until their mapping comes, 0 for none.
 * @param timeoutMs for how long.
 */
public record Parking(String space, int packets, int timeoutMs) {
    /** Most packets that one worker keeps for one space. */
    public static final int MAX_PACKETS = 256;

    /** Longest time that a packet is kept, milliseconds. */
    public static final int MAX_MS = 60_000;
}

package io.vswitch.ctl.state;

/**
 * Desired settings of a network; immutable.
 *
 * @param subnet where the endpoints' addresses come from, or null.
 * @param macLimit most MACs learned.
 * @param macAgeMs idle time of a learned MAC, milliseconds.
 */
public record NetworkSpec(String name, String subnet, int macLimit, long macAgeMs) {
    /** The subnet as a prefix, or null. */
    Cidr prefix() {
        return subnet == null ? null : Cidr.parseNetwork("subnet", subnet);
    }
}

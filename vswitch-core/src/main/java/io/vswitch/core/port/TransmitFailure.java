package io.vswitch.core.port;

import io.vswitch.core.counters.DropReason;

/**
 * Told of a frame that a port did not send; runs on the worker's thread, inside {@link
 * PortQueue#transmit}.
 */
@FunctionalInterface
public interface TransmitFailure {
    void onFailure(int slot, DropReason reason);
}

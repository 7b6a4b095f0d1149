package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Change;
import java.util.List;

/**
 * One difference between what the engine wants and what the switch does, and what mends it;
 * immutable.
 *
 * @param about a port, network, load balancer or tag.
 * @param difference in words.
 * @param changes none when the switch can't mend it.
 */
record Step(String about, String difference, List<Change> changes) {}

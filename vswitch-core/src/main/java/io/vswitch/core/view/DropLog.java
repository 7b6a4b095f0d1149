package io.vswitch.core.view;

import java.util.List;

/**
 * The packets dropped last.
 *
 * @param packets the latest first.
 * @param passedOver drops since the start that were counted but not kept: too many came at once.
 */
public record DropLog(List<DroppedPacket> packets, long passedOver) {}

package io.vswitch.core.engine;

import io.vswitch.core.guard.ConnectionLimits;
import io.vswitch.core.state.ConnectionTable;
import java.util.Arrays;

/**
 * What a change of ports and layers means for the connections of these; stateless, run by the
 * worker that keeps them.
 */
final class ConnectionScope {
    private ConnectionScope() {}

    /** Takes out connections whose layer or port goes, and sets the limits of all ports. */
    static void change(
            final ConnectionTable connections,
            final SwitchSnapshot before,
            final SwitchSnapshot after) {
        if (connections.size() > 0 && layersWent(before, after)) {
            connections.retain((port, layer) -> isKept(before, after, port, layer));
        }
        for (int id = 0; id < after.portLimit(); id++) {
            final PortState port = after.port(id);
            connections.limit(
                    id,
                    port == null ? ConnectionLimits.NONE : port.guards().traffic().connections());
        }
    }

    /** True when a stateful layer of a port, or such a port, isn't there any more. */
    private static boolean layersWent(final SwitchSnapshot before, final SwitchSnapshot after) {
        for (int id = 0; id < before.portLimit(); id++) {
            final PortState port = before.port(id);
            if (port != null && port.policy().statefulLayers().length > 0) {
                final PortState now = after.port(id);
                if (!isSame(port, now)
                        || !Arrays.equals(
                                port.policy().statefulLayers(), now.policy().statefulLayers())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isKept(
            final SwitchSnapshot before,
            final SwitchSnapshot after,
            final int portId,
            final int layer) {
        final PortState port = after.port(portId);
        return isSame(before.port(portId), port)
                && Arrays.binarySearch(port.policy().statefulLayers(), layer) >= 0;
    }

    private static boolean isSame(final PortState before, final PortState after) {
        return after != null && after.counters() == before.counters();
    }
}

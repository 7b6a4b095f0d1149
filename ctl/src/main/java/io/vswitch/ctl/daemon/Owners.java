package io.vswitch.ctl.daemon;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.rules.Layer;
import java.util.List;

/**
 * Keeps controllers out of each other's layers; stateless. Against mistakes, not against malice: a
 * client says itself who it is. A document, which describes the host as a whole, isn't held to it,
 * nor is who deletes a port.
 */
final class Owners {
    private Owners() {}

    /** Refuses a request when a layer that it changes has another owner. */
    static void check(final List<Change> request, final DesiredState state, final String owner) {
        if (owner != null) {
            Names.checkLabel("owner", owner);
        }
        for (final Change change : request) {
            if (change instanceof PolicyChange edit) {
                check(edit, state.ports().get(edit.port()), owner);
            }
        }
    }

    private static void check(
            final PolicyChange change, final DesiredPort port, final String owner) {
        if (port == null || change.layer() == null || !port.hasLayer(change.layer())) {
            return;
        }
        final Layer layer = port.policy().layer(change.layer());
        if (layer.owner() != null && !layer.owner().equals(owner)) {
            throw Refusal.failure(
                    "layer '%s' of port '%s' is changed by its owner alone, '%s'; %s"
                            .formatted(
                                    layer.name(),
                                    port.name(),
                                    layer.owner(),
                                    owner == null ? "give --owner" : "you are '" + owner + "'"));
        }
    }
}

package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.view.ConnectionInfo;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Refusal;
import java.util.List;

/** What clients ask about the connections of stateful layers; any thread. */
final class ConnectionRequests {
    private static final int MAX = 100_000;
    private static final int DEFAULT = 100;

    private final Controller controller;
    private final VirtualSwitch vswitch;

    ConnectionRequests(final Controller controller, final VirtualSwitch vswitch) {
        this.controller = controller;
        this.vswitch = vswitch;
    }

    Views.Connections list(final Views.ConnectionsRequest request) {
        final int limit = request.limit() == null ? DEFAULT : request.limit();
        if (limit < 1 || limit > MAX) {
            throw Refusal.usage("limit '" + limit + "'; allowed are 1 to " + MAX);
        }
        if (request.port() != null) {
            controller.state().port(request.port());
        }
        final AddressRange range = AddressRange.parse("ip", request.ip());
        final List<ConnectionInfo> found =
                vswitch.connections(c -> matches(request, range, c), limit + 1);
        return new Views.Connections(
                found.stream().limit(limit).map(ConnectionRequests::view).toList(),
                found.size() > limit);
    }

    private static boolean matches(
            final Views.ConnectionsRequest request,
            final AddressRange range,
            final ConnectionInfo connection) {
        return (request.port() == null || request.port().equals(connection.port()))
                && (request.layer() == null || request.layer().equals(connection.layer()))
                && (!Boolean.TRUE.equals(request.nat()) || connection.translated() != null)
                && (range == null
                        || has(range, connection.opener())
                        || connection.translated() != null && has(range, connection.translated()));
    }

    private static boolean has(final AddressRange range, final HeaderFields fields) {
        return range.contains(fields, fields.sourceHigh, fields.sourceLow)
                || range.contains(fields, fields.destinationHigh, fields.destinationLow);
    }

    static Views.Connection view(final ConnectionInfo connection) {
        return new Views.Connection(
                connection.port(),
                connection.layer(),
                connection.outbound() ? "out" : "in",
                text(connection.opener()),
                connection.translated() == null ? null : text(connection.translated()),
                connection.state(),
                connection.ageMs(),
                connection.idleMs(),
                connection.leftMs(),
                connection.worker());
    }

    private static String text(final HeaderFields fields) {
        final boolean echo = fields.protocol != 6 && fields.protocol != 17;
        return FlowText.of(fields) + (echo ? " id " + fields.sourcePort : "");
    }
}

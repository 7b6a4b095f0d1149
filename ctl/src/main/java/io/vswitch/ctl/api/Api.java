package io.vswitch.ctl.api;

import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.LayerStep;
import io.vswitch.ctl.state.Change;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * What the daemon does for its clients; called by any of the server's threads. A method refuses
 * with {@link io.vswitch.ctl.state.Refusal}.
 */
public interface Api {
    /**
     * Carries out all changes or none; returns when they are on disk and every worker runs them.
     *
     * @param owner in whose name, or null; a layer that has an owner is changed by nobody else.
     */
    Views.Applied apply(List<Change> changes, String owner) throws IOException;

    /** Brings the desired state in line with a document, all of it or nothing. */
    Views.Differences applyDocument(Views.DocumentRequest request) throws IOException;

    /** What {@link #applyDocument} would change. */
    Views.Differences diffDocument(Views.DocumentRequest request);

    /** The desired state as a document. */
    Map<String, Object> exportDocument();

    Views.Status status();

    Views.Overview overview();

    Views.Ports ports();

    Views.Networks networks();

    Views.Tags tags();

    Views.Pools pools();

    Views.Balancers balancers();

    /** Layers of one port, or of all for null. */
    Views.Policies policies(String port);

    Views.Stats stats();

    Views.Drops drops();

    /** Drops by port, rule or reason. */
    Views.DropSums dropSums(String by);

    /** The packets dropped last, at most so many; null: 20. */
    Views.LastDrops lastDrops(String limit);

    /** The packets that audit rules matched last, at most so many; null: 20. */
    Views.LastDrops lastAudited(String limit);

    /** Meters of all ports. */
    Views.Meters meters();

    Views.Connections connections(Views.ConnectionsRequest request);

    Views.Flows flows(Views.FlowsRequest request);

    /** The same with the other direction of each. */
    Views.FlowPairs flowPairs(Views.FlowsRequest request);

    /** Forgets cached flows; refuses when nothing tells which. */
    Views.Killed killFlows(Views.KillRequest request);

    Views.Macs macs(String network);

    /** Forgets a network's learned MACs. */
    OverlayViews.Flushed flushMacs(OverlayViews.FlushRequest request);

    /** The other hosts of one overlay network, or of all for null. */
    OverlayViews.Peers peers(String network);

    /** The routers between networks. */
    OverlayViews.Routers routers();

    /** What hosts share. */
    OverlayViews.Shared directory();

    /** Joins a directory, or leaves the one that was joined so. */
    OverlayViews.Shared joinDirectory(OverlayViews.JoinRequest request) throws IOException;

    /** The addresses that the switch answers for. */
    OverlayViews.Neighbours neighbours(String network);

    Explanation explain(Views.ExplainRequest request);

    /** Which rule of one layer a packet hits. */
    LayerStep match(Views.MatchRequest request);

    /**
     * Checks the request, then writes a pcapng file to {@code out.open()} until a stop condition
     * holds.
     */
    void capture(Views.CaptureRequest request, Opener out) throws IOException;

    /** Begins an answer that has no known length. */
    @FunctionalInterface
    interface Opener {
        OutputStream open() throws IOException;
    }
}

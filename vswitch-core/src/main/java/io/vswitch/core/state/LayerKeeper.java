package io.vswitch.core.state;

/** Says whether a layer of a port still keeps connections; called on the table's worker. */
@FunctionalInterface
public interface LayerKeeper {
    boolean keeps(int portId, int layer);
}

package io.vswitch.core.engine;

/**
 * One network in one snapshot; immutable.
 *
 * @param id index in the snapshot.
 * @param members ids of its ports, ascending.
 * @param router the one that has its gateway, or null.
 */
record NetworkState(int id, NetworkConfig config, int[] members, Router router) {
    NetworkState with(final Router other) {
        return new NetworkState(id, config, members, other);
    }

    String name() {
        return config.name();
    }
}

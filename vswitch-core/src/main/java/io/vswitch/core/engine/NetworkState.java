package io.vswitch.core.engine;

/**
 * One network in one snapshot; immutable.
 *
 * @param id index in the snapshot.
 * @param members ids of its ports, ascending.
 */
record NetworkState(int id, NetworkConfig config, int[] members) {
    String name() {
        return config.name();
    }
}

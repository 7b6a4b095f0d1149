# The one place that knows how our switch is started and given ports. Sourced.
# shellcheck shell=bash

VSWITCH_PID=
VSWITCH_DIR=

vswitchctl() { VSWITCH_SOCKET=$VSWITCH_DIR/control.sock "$REPO/vswitchctl" "$@"; }

# Starts a switch of its own, with defaults, state and socket under $WORK; its id is in $VSWITCH_PID.
vswitch_start() {
    VSWITCH_DIR=$WORK/vswitch
    vswitch_launch
    vswitchctl add-network bench >/dev/null || fail "add-network"
}

# vswitch_start_in NAMESPACE: one under $VSWITCH_DIR, without a network.
vswitch_start_in() { vswitch_launch ip netns exec "$1"; }

# vswitch_launch [PREFIX...]
vswitch_launch() {
    [ -x "$REPO/vswitchd" ] && [ -x "$REPO/vswitchctl" ] || fail "no ./vswitchd and ./vswitchctl in $REPO"
    "$REPO/vswitchctl" version >/dev/null || fail "./vswitchctl does not run" # builds on first use
    mkdir -p "$VSWITCH_DIR"
    start "$VSWITCH_DIR/log" "$@" "$REPO/vswitchd" --socket "$VSWITCH_DIR/control.sock" \
        --state-dir "$VSWITCH_DIR/state" --run-dir "$VSWITCH_DIR/run"
    VSWITCH_PID=$STARTED
    eventually 20 vswitchctl list-ports || { tail -5 "$VSWITCH_DIR/log" >&2; fail "vswitchd did not start"; }
}

# vswitch_port PORT NAMESPACE ADDRESS/PREFIX: an endpoint eth0 in the namespace.
vswitch_port() {
    vswitchctl add-port "$1" --network bench --netns "$2" --ifname eth0 --ip "$3" --mtu 1500 >/dev/null ||
        fail "add-port $1"
}

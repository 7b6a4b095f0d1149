# The paths compared: each connects eth0 of a client and of a server namespace. Sourced.
# shellcheck shell=bash

readonly ALL_PATHS="vswitch bridge ovs ovs-tso veth"
readonly CLIENT_ADDRESS=10.90.0.1 SERVER_ADDRESS=10.90.0.2
declare -A SWITCH_PID # path -> processes that forward, where there are any

client_of() { echo "$TAG-$1-c"; }
server_of() { echo "$TAG-$1-s"; }
switch_of() { echo "$TAG-$1-x"; }

# path_up PATH: makes it and proves that packets pass.
path_up() {
    new_namespace "$(client_of "$1")"
    new_namespace "$(server_of "$1")"
    case $1 in
        veth) veth_up "$1" ;;
        bridge) bridge_up "$1" ;;
        ovs) ovs_up "$1" false ;;
        ovs-tso) ovs_up "$1" true ;;
        vswitch) vswitch_up "$1" ;;
    esac
    eventually 5 inside "$(client_of "$1")" ping -c 1 -W 1 "$SERVER_ADDRESS" || fail "$1: no ping from client to server"
}

# address NAMESPACE ADDRESS: gives eth0 its address, the MTU that all paths share, and brings it up.
address() {
    ip -n "$1" addr add "$2/24" dev eth0 && ip -n "$1" link set eth0 mtu 1500 up || fail "eth0 in $1"
}

# No switch at all: what the two network stacks reach by themselves.
veth_up() {
    ip -n "$(client_of "$1")" link add eth0 type veth peer name eth0 netns "$(server_of "$1")" || fail "veth pair"
    address "$(client_of "$1")" "$CLIENT_ADDRESS"
    address "$(server_of "$1")" "$SERVER_ADDRESS"
}

bridge_up() {
    local switch
    switch=$(switch_of "$1")
    new_namespace "$switch"
    ip -n "$switch" link add br0 type bridge && ip -n "$switch" link set br0 up || fail "bridge"
    bridge_port "$switch" toc "$(client_of "$1")" "$CLIENT_ADDRESS"
    bridge_port "$switch" tos "$(server_of "$1")" "$SERVER_ADDRESS"
}

bridge_port() {
    ip -n "$1" link add "$2" type veth peer name eth0 netns "$3" && ip -n "$1" link set "$2" master br0 up ||
        fail "bridge port $2"
    address "$3" "$4"
}

# ovs_up PATH USERSPACE_TSO: an Open vSwitch of our own (database, daemon, directory, namespace), userspace datapath, TAPs.
ovs_up() {
    local path=$1 tso=$2 dir=$WORK/$1 switch
    switch=$(switch_of "$path")
    mkdir -p "$dir"
    new_namespace "$switch"
    ovsdb-tool create "$dir/conf.db" /usr/share/openvswitch/vswitch.ovsschema || fail "$path: database"
    start "$dir/db.log" inside "$switch" env OVS_RUNDIR="$dir" ovsdb-server "$dir/conf.db" --remote="punix:$dir/db.sock" \
        --unixctl="$dir/db.ctl"
    eventually 5 ovs_configure "$dir" init || { cat "$dir/db.log" >&2; fail "$path: ovsdb-server did not start"; }
    ovs_configure "$dir" set Open_vSwitch . other_config:userspace-tso-enable="$tso"
    start "$dir/switch.log" inside "$switch" env OVS_RUNDIR="$dir" ovs-vswitchd "unix:$dir/db.sock" --unixctl="$dir/switch.ctl"
    SWITCH_PID[$path]=$STARTED
    ovs_configure "$dir" add-br br0 -- set bridge br0 datapath_type=netdev fail_mode=standalone
    ovs_port "$path" toc "$(client_of "$path")" "$CLIENT_ADDRESS"
    ovs_port "$path" tos "$(server_of "$path")" "$SERVER_ADDRESS"
}

ovs_configure() { ovs-vsctl --db="unix:$1/db.sock" --no-wait --timeout=5 "${@:2}"; }

# ovs_port PATH DEVICE NAMESPACE ADDRESS: the TAP is moved once the daemon has opened it; its descriptor stays with it.
ovs_port() {
    local switch
    switch=$(switch_of "$1")
    ovs_configure "$WORK/$1" add-port br0 "$2" -- set interface "$2" type=tap
    eventually 10 ip -n "$switch" link show "$2" || { tail -5 "$WORK/$1/switch.log" >&2; fail "$1: no TAP $2"; }
    sleep 0.5 # the daemon sets the device up after making it
    ip -n "$switch" link set "$2" netns "$3" name eth0 || fail "$1: TAP $2 could not be moved"
    address "$3" "$4"
}

vswitch_up() {
    vswitch_start
    SWITCH_PID[$1]=$VSWITCH_PID
    vswitch_port "${TAG}c" "$(client_of "$1")" "$CLIENT_ADDRESS/24"
    vswitch_port "${TAG}s" "$(server_of "$1")" "$SERVER_ADDRESS/24"
}

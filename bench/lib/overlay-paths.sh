# The paths compared by bench/overlay: each connects eth0 of a client and of a server namespace through two namespaced
# hosts, joined by a veth pair of MTU 1500, and a VXLAN tunnel between these. Sourced.
# shellcheck shell=bash

readonly ALL_PATHS="vswitch kernel ovs prototype"
readonly CLIENT_ADDRESS=10.91.0.1 SERVER_ADDRESS=10.91.0.2
readonly VNI=100 INNER_MTU=1450
declare -A SWITCH_PID # path -> processes that forward, where there are any

client_of() { echo "$TAG-$1-c"; }
server_of() { echo "$TAG-$1-s"; }
host_of() { echo "$TAG-$1-h$2"; }          # PATH 1|2
endpoint_of() { if [ "$2" = 1 ]; then client_of "$1"; else server_of "$1"; fi; }
address_of() { if [ "$1" = 1 ]; then echo "$CLIENT_ADDRESS"; else echo "$SERVER_ADDRESS"; fi; }
local_of() { echo "10.90.0.$1"; }
peer_of() { echo $((3 - $1)); }

# path_up PATH: makes it and proves that packets pass.
path_up() {
    local i
    for i in 1 2; do
        new_namespace "$(host_of "$1" "$i")"
        new_namespace "$(endpoint_of "$1" "$i")"
    done
    ip -n "$(host_of "$1" 1)" link add u1 type veth peer name u2 netns "$(host_of "$1" 2)" || fail "$1: underlay"
    for i in 1 2; do ip -n "$(host_of "$1" "$i")" link set "u$i" mtu 1500 up; done
    SWITCH_PID[$1]=
    for i in 1 2; do "$1_host_up" "$1" "$i"; done
    eventually 10 inside "$(client_of "$1")" ping -c 1 -W 1 "$SERVER_ADDRESS" || fail "$1: no ping from client to server"
}

underlay_address() { ip -n "$(host_of "$1" "$2")" addr add "$(local_of "$2")/24" dev "u$2" || fail "$1: underlay address"; }

# endpoint_address PATH 1|2: eth0 gets its address and the MTU that fits the tunnel.
endpoint_address() {
    local namespace
    namespace=$(endpoint_of "$1" "$2")
    ip -n "$namespace" addr add "$(address_of "$2")/24" dev eth0 && ip -n "$namespace" link set eth0 mtu $INNER_MTU up ||
        fail "$1: eth0 in $namespace"
}

kernel_host_up() {
    local host
    host=$(host_of "$1" "$2")
    underlay_address "$1" "$2"
    ip -n "$host" link add br0 type bridge && ip -n "$host" link set br0 up &&
        ip -n "$host" link add vx0 type vxlan id $VNI dstport 4789 local "$(local_of "$2")" \
            remote "$(local_of "$(peer_of "$2")")" dev "u$2" &&
        ip -n "$host" link set vx0 mtu $INNER_MTU master br0 up &&
        ip -n "$host" link add p0 type veth peer name eth0 netns "$(endpoint_of "$1" "$2")" &&
        ip -n "$host" link set p0 mtu $INNER_MTU master br0 up || fail "kernel vxlan"
    endpoint_address "$1" "$2"
}

vswitch_host_up() {
    underlay_address "$1" "$2"
    VSWITCH_DIR=$WORK/vswitch$2
    vswitch_start_in "$(host_of "$1" "$2")"
    SWITCH_PID[$1]+=" $VSWITCH_PID"
    vswitchctl add-network bench --mode overlay --vni $VNI --local "$(local_of "$2")" \
        --peer "$(local_of "$(peer_of "$2")")" >/dev/null || fail "add-network"
    vswitchctl add-port "${TAG}e" --network bench --netns "$(endpoint_of "$1" "$2")" --ifname eth0 \
        --ip "$(address_of "$2")/24" --mtu $INNER_MTU >/dev/null || fail "add-port"
}

# An Open vSwitch of its own for each host, userspace datapath: the underlay's address is on a bridge of its own.
ovs_host_up() {
    local dir=$WORK/ovs$2 host
    host=$(host_of "$1" "$2")
    mkdir -p "$dir"
    ovsdb-tool create "$dir/conf.db" /usr/share/openvswitch/vswitch.ovsschema || fail "ovs: database"
    start "$dir/db.log" inside "$host" env OVS_RUNDIR="$dir" ovsdb-server "$dir/conf.db" --remote="punix:$dir/db.sock" \
        --unixctl="$dir/db.ctl"
    eventually 5 ovs_configure "$dir" init || { cat "$dir/db.log" >&2; fail "ovsdb-server did not start"; }
    start "$dir/switch.log" inside "$host" env OVS_RUNDIR="$dir" ovs-vswitchd "unix:$dir/db.sock" --unixctl="$dir/switch.ctl"
    SWITCH_PID[$1]+=" $STARTED"
    inside "$host" ethtool -K "u$2" tx off tso off gso off gro off >/dev/null 2>&1
    ovs_configure "$dir" add-br br-phy -- set bridge br-phy datapath_type=netdev fail_mode=standalone \
        "other-config:hwaddr=02:00:00:00:00:0$2" -- add-port br-phy "u$2" -- set interface br-phy mtu_request=1500
    eventually 10 ip -n "$host" link show br-phy || fail "ovs: no br-phy"
    sleep 0.5 # the daemon sets the device up after making it
    ip -n "$host" addr add "$(local_of "$2")/24" dev br-phy && ip -n "$host" link set br-phy mtu 1500 up ||
        fail "ovs: underlay address"
    ovs_configure "$dir" add-br br-int -- set bridge br-int datapath_type=netdev fail_mode=standalone \
        -- add-port br-int vx0 -- set interface vx0 type=vxlan options:key=$VNI \
        options:remote_ip="$(local_of "$(peer_of "$2")")" -- add-port br-int tap0 -- set interface tap0 type=tap
    eventually 10 ip -n "$host" link show tap0 || { tail -5 "$dir/switch.log" >&2; fail "ovs: no TAP"; }
    sleep 0.5
    ip -n "$host" link set tap0 netns "$(endpoint_of "$1" "$2")" name eth0 || fail "ovs: TAP could not be moved"
    endpoint_address "$1" "$2"
}

ovs_configure() { ovs-vsctl --db="unix:$1/db.sock" --no-wait --timeout=5 "${@:2}"; }

# A bare loop in C between a TAP and a UDP socket, compiled from the file that --prototype names.
prototype_host_up() {
    local host
    host=$(host_of "$1" "$2")
    underlay_address "$1" "$2"
    [ -x "$WORK/bin/prototype" ] || gcc -O3 -march=native -o "$WORK/bin/prototype" "$PROTOTYPE" -lpthread ||
        fail "$PROTOTYPE does not compile"
    start "$WORK/prototype$2.log" inside "$host" timeout 900 "$WORK/bin/prototype" -t tap0 -l "$(local_of "$2")" \
        -r "$(local_of "$(peer_of "$2")")" -v -g -G
    SWITCH_PID[$1]+=" $STARTED"
    eventually 5 ip -n "$host" link show tap0 || fail "prototype: no TAP"
    ip -n "$host" link set tap0 netns "$(endpoint_of "$1" "$2")" name eth0 || fail "prototype: TAP could not be moved"
    endpoint_address "$1" "$2"
}

# Runs OVS-DPDK between a trace in memory and nowhere, and times its packets. Sourced.
# shellcheck shell=bash

readonly DAEMON=/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk
readonly CORE=1
readonly HUGE_PAGES=/proc/sys/vm/nr_hugepages
readonly MEMORY_MIB=1500

need_dpdk() {
    need_root
    need ovsdb-server=openvswitch-switch taskset=util-linux
    [ -x "$DAEMON" ] && return
    note "${0##*/}: missing: apt-get install -y openvswitch-switch-dpdk librte-net-pcap23 librte-net-null23"
    exit 2
}

vsctl() { ovs-vsctl --db="unix:$WORK/db.sock" --timeout=20 "$@"; }

# appctl COMMAND...: asks the daemon.
appctl() { ovs-appctl -t "$(echo "$WORK"/ovs-vswitchd*.ctl)" "$@"; }

# DPDK wants huge pages: reserves them until the end.
reserve_memory() {
    local before
    before=$(cat "$HUGE_PAGES") || fail "no huge pages in this kernel"
    # shellcheck disable=SC2064 # the number of now
    trap "status=\$?; echo $before >$HUGE_PAGES; (exit \$status); cleanup" EXIT
    echo $((before + MEMORY_MIB / 2 + 64)) >"$HUGE_PAGES" && [ "$(cat "$HUGE_PAGES")" -gt "$before" ] ||
        fail "$MEMORY_MIB MiB of huge pages could not be reserved"
}

start_ovs() {
    export OVS_RUNDIR=$WORK OVS_LOGDIR=$WORK OVS_DBDIR=$WORK
    ovsdb-tool create "$WORK/conf.db" /usr/share/openvswitch/vswitch.ovsschema || fail "no Open vSwitch database"
    start "$WORK/ovsdb.log" ovsdb-server "$WORK/conf.db" --remote="punix:$WORK/db.sock"
    eventually 5 test -S "$WORK/db.sock" || fail "ovsdb-server did not start"
    vsctl --no-wait init
    vsctl --no-wait set Open_vSwitch . other_config:dpdk-init=true other_config:dpdk-alloc-mem=$MEMORY_MIB \
        other_config:dpdk-extra="--no-pci --in-memory --file-prefix=$TAG" \
        other_config:dpdk-lcore-mask=0x1 other_config:pmd-cpu-mask=$(printf '0x%x' $((1 << CORE)))
    start "$WORK/ovs.log" ip netns exec "$TAG-o" "$DAEMON" "unix:$WORK/db.sock"
    eventually 20 vsctl get Open_vSwitch . dpdk_version || fail "OVS-DPDK did not start: $(tail -1 "$WORK/ovs.log")"
}

# ovs_bridge PCAP: in by the trace, out to nowhere, through the flows on standard input.
ovs_bridge() {
    vsctl add-br br -- set bridge br datapath_type=netdev fail_mode=secure \
        -- add-port br in -- set interface in type=dpdk ofport_request=1 options:n_rxq=1 \
        "options:dpdk-devargs=\"net_pcap0,rx_pcap=$1,infinite_rx=1\"" \
        -- add-port br out -- set interface out type=dpdk ofport_request=2 \
        options:dpdk-devargs='"net_null1,size=64,no-rx=1"' || return
    ovs-ofctl add-flows "unix:$WORK/br.mgmt" -
}

# Nanoseconds per packet of one round, from the packets the thread took in.
ovs_round() {
    appctl dpif-netdev/pmd-stats-clear >/dev/null
    sleep "$SECONDS_EACH" # set by the script
    appctl dpif-netdev/pmd-perf-show | awk '
        /Measurement duration:/ && !s { s = $3 }
        /Rx packets:/ && !n { n = $3 }
        END { if (n > 0) print s * 1e9 / n; else exit 1 }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)]; else exit 1 }'; }

# Its counters are some seconds old.
has_sent() { [ "$(vsctl get interface out statistics:tx_packets)" -gt 1000000 ]; }

# ovs_ns PCAP: nanoseconds per packet, with the flows on standard input.
ovs_ns() {
    local round
    ovs_bridge "$1" || fail "the bridge could not be made"
    sleep 3 # its flow caches fill
    for ((round = 0; round < ROUNDS; round++)); do ovs_round || fail "OVS-DPDK forwards nothing"; done | median || return
    eventually 12 has_sent || fail "OVS-DPDK sends nothing"
    vsctl del-br br
}

stop_ovs() {
    local i
    for ((i = ${#PROCESSES[@]} - 1; i >= 0; i--)); do stop "${PROCESSES[i]}"; done
    rm -f "$WORK"/conf.db "$WORK"/.conf.db* "$WORK"/*.ctl "$WORK"/db.sock
}

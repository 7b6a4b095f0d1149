# The measurements: each runs on one path and appends rows "metric path round value" to $RESULTS. Sourced.
# shellcheck shell=bash

readonly IPERF_PORT=5201 UDP_PORT=7001 RR_PORT=7002
ALL_CORES=
PINNED_CORE=

# The cores this shell may run on, and the first of them: client, server and switch share it in measure_rr.
find_cores() {
    ALL_CORES=$(taskset -cp $$ | sed 's/.*: //')
    PINNED_CORE=${ALL_CORES%%[,-]*}
}

record() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$RESULTS"; }

# listening NAMESPACE -t|-u PORT
listening() { [ -n "$(inside "$1" ss -Hln "$2" "sport = :$3")" ]; }

# iperf PATH SECONDS OPTIONS...: one run; leaves $WORK/iperf.json.
iperf() {
    local path=$1 seconds=$2 server status
    shift 2
    start "$WORK/iperf-server.log" inside "$(server_of "$path")" iperf3 -s -1 -p "$IPERF_PORT"
    server=$STARTED
    eventually 5 listening "$(server_of "$path")" -t "$IPERF_PORT" || fail "$path: iperf3 server did not start"
    timeout -k 2 $((seconds + 10)) ip netns exec "$(client_of "$path")" \
        iperf3 -c "$SERVER_ADDRESS" -p "$IPERF_PORT" -t "$seconds" -J "$@" >"$WORK/iperf.json" 2>&1
    status=$?
    stop "$server"
    return "$status"
}

# measure_tcp PATH ROUND STREAMS
measure_tcp() {
    iperf "$1" "$SECONDS_PER_RUN" -P "$3" || { iperf_failed "$1"; return 1; }
    record "tcp$3_gbps" "$1" "$2" "$(jq '.end.sum_received.bits_per_second / 1e9' "$WORK/iperf.json")"
}

# measure_udp PATH ROUND: 18 bytes of payload, so frames of 60 bytes; what counts is what arrived.
measure_udp() {
    iperf "$1" "$SECONDS_PER_RUN" -u -l 18 -b 0 || { iperf_failed "$1"; return 1; }
    record udp_iperf_kpps "$1" "$2" "$(jq '.end.sum | (.packets - .lost_packets) / .seconds / 1e3' "$WORK/iperf.json")"
}

iperf_failed() {
    note "$1: iperf3 failed: $(jq -r '.error // "no result"' "$WORK/iperf.json" 2>/dev/null || head -c 200 "$WORK/iperf.json")"
}

# measure_udpload PATH ROUND: the same packets, 64 per system call.
measure_udpload() {
    local receiver sent
    start "$WORK/udpload" inside "$(server_of "$1")" "$WORK/bin/udpload" receive "$UDP_PORT" "$SECONDS_PER_RUN"
    receiver=$STARTED
    eventually 5 listening "$(server_of "$1")" -u "$UDP_PORT" || fail "$1: udpload receiver did not start"
    sent=$(inside "$(client_of "$1")" "$WORK/bin/udpload" send "$SERVER_ADDRESS" "$UDP_PORT" "$SECONDS_PER_RUN") ||
        { stop "$receiver"; note "$1: udpload failed"; return 1; }
    wait "$receiver"
    stop "$receiver"
    record udp_batch_kpps "$1" "$2" "$(kilo "$(cat "$WORK/udpload")")"
    record udp_batch_sent_kpps "$1" "$2" "$(kilo "$sent")"
}

kilo() { awk -v n="$1" 'BEGIN { printf "%.1f", n / 1000 }'; }

# measure_rr PATH ROUND: leaves one file of samples; they are folded after the last round.
measure_rr() {
    local path=$1 server status
    pin_switch "$path" "$PINNED_CORE"
    start "$WORK/rr.log" inside "$(server_of "$path")" taskset -c "$PINNED_CORE" "$WORK/bin/rr" serve "$RR_PORT"
    server=$STARTED
    eventually 5 listening "$(server_of "$path")" -t "$RR_PORT" || fail "$path: rr server did not start"
    timeout -k 2 $((SECONDS_PER_RUN + 10)) ip netns exec "$(client_of "$path")" taskset -c "$PINNED_CORE" \
        "$WORK/bin/rr" client "$SERVER_ADDRESS" "$RR_PORT" "$SECONDS_PER_RUN" >"$WORK/samples/$path.$2.ns"
    status=$?
    stop "$server"
    pin_switch "$path" "$ALL_CORES"
    [ "$status" -eq 0 ] || { rm -f "$WORK/samples/$path.$2.ns"; note "$path: rr failed"; return 1; }
}

# pin_switch PATH CORES: all threads of the processes that forward; new ones inherit it.
pin_switch() {
    local root pid
    for root in ${SWITCH_PID[$1]:-}; do
        for pid in $(process_tree "$root"); do taskset -acp "$2" "$pid" >/dev/null 2>&1; done
    done
}

# warm_up PATH SECONDS: the same load unmeasured, so that a JIT compiler has seen it.
warm_up() {
    iperf "$1" "$2" -P 1 >/dev/null || { iperf_failed "$1"; return 1; }
    iperf "$1" "$2" -u -l 18 -b 0 >/dev/null || { iperf_failed "$1"; return 1; }
}

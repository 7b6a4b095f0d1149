# What the benchmark scripts share: messages, tools, processes and namespaces that are gone again at the end. Sourced.
# shellcheck shell=bash

readonly REPO=${REPO:?set by the script}
export PATH="$PATH:/usr/sbin:/sbin"
readonly TAG=vb$$ # begins the name of every namespace and port made here
WORK=
NAMESPACES=()
PROCESSES=()

note() { echo "$*" >&2; }

fail() { note "${0##*/}: $*"; exit 1; }

usage_error() { note "${0##*/}: $*; see --help"; exit 2; }

# need COMMAND=PACKAGE...: exit 2 with one line that names every Debian package missing.
need() {
    local pair packages=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || packages+=("${pair##*=}")
    done
    [ ${#packages[@]} -eq 0 ] && return
    note "${0##*/}: missing: apt-get install -y $(printf '%s\n' "${packages[@]}" | sort -u | paste -sd' ')"
    exit 2
}

need_root() {
    [ "$(id -u)" -eq 0 ] || { note "${0##*/}: needs root: namespaces and TAPs are made"; exit 2; }
    [ -c /dev/net/tun ] || { note "${0##*/}: /dev/net/tun is missing: modprobe tun"; exit 2; }
}

# Makes $WORK and arranges for everything to be undone, also on failure and Ctrl-C.
begin() {
    WORK=$(mktemp -d "/tmp/$TAG.XXXXXX") || exit 1
    trap cleanup EXIT
    trap 'note "interrupted"; exit 130' INT
    trap 'note "terminated"; exit 143' TERM HUP
}

cleanup() {
    local status=$? i
    trap - EXIT
    trap '' INT TERM HUP
    for ((i = ${#PROCESSES[@]} - 1; i >= 0; i--)); do stop "${PROCESSES[i]}"; done
    for i in "${NAMESPACES[@]}"; do ip netns del "$i" 2>/dev/null; done
    rm -rf "$WORK"
    exit "$status"
}

# start LOG COMMAND...: runs it in the background; its id is in $STARTED, and it is stopped at the end at the latest.
start() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null &
    STARTED=$!
    PROCESSES+=("$STARTED")
}

# Prints a process and all its descendants, parents first.
process_tree() {
    local child
    echo "$1"
    for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do process_tree "$child"; done
}

# stop PID: ends a process of ours with its descendants, by force after 3 s. PIDs that are gone already are no error.
stop() {
    local pid tree i
    for i in "${!PROCESSES[@]}"; do
        [ "${PROCESSES[i]}" = "$1" ] && unset 'PROCESSES[i]'
    done
    PROCESSES=("${PROCESSES[@]}")
    kill -0 "$1" 2>/dev/null || { wait "$1" 2>/dev/null; return 0; }
    tree=$(process_tree "$1")
    kill -TERM "$1" 2>/dev/null
    for ((i = 0; i < 30; i++)); do
        running "$tree" || break
        sleep 0.1
    done
    for pid in $tree; do kill -KILL "$pid" 2>/dev/null; done
    wait "$1" 2>/dev/null
    return 0
}

# running "PID...": true while one of them is alive and not just waiting to be reaped.
running() {
    local pid
    for pid in $1; do
        [[ $(ps -o stat= -p "$pid" 2>/dev/null) == [!Z]* ]] && return
    done
    return 1
}

# eventually SECONDS COMMAND...: repeats the command until it succeeds; fails after so many seconds.
eventually() {
    local end=$((SECONDS + $1 + 1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# new_namespace NAME: without IPv6, so that no router solicitation falls into a measurement.
new_namespace() {
    ip netns add "$1" || fail "namespace $1 could not be made"
    NAMESPACES+=("$1")
    ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    ip -n "$1" link set lo up
}

inside() { ip netns exec "$@"; }

# CPU time of a process and its descendants so far, in clock ticks.
cpu_ticks() {
    local pid sum=0 ticks
    for pid in $(process_tree "$1"); do
        ticks=$(awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$pid/stat" 2>/dev/null)
        sum=$((sum + ${ticks:-0}))
    done
    echo "$sum"
}

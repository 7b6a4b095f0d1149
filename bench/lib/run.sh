# A comparison of paths: prepare, measure in rounds, report. The script sets SUITE, PATHS, ROUNDS, SECONDS_PER_RUN,
# WARM_UP_SECONDS, FORMAT. Sourced.
# shellcheck shell=bash

parse_options() {
    while [ $# -gt 0 ]; do
        case $1 in
            --rounds | --seconds | --only | --prototype)
                [ $# -ge 2 ] || usage_error "$1 needs a value"
                set_option "$1" "$2"
                shift
                ;;
            --quick) ROUNDS=2 SECONDS_PER_RUN=2 WARM_UP_SECONDS=1 ;;
            --md) FORMAT=md ;;
            --help | -h) usage && exit 0 ;;
            *) usage_error "unknown option '$1'" ;;
        esac
        shift
    done
}

set_option() {
    local path
    case $1 in
        --only)
            PATHS=${2//,/ }
            for path in $PATHS; do
                [[ " $ALL_PATHS " == *" $path "* ]] || usage_error "--only '$path': allowed are ${ALL_PATHS// /, }"
            done
            [ -n "$PATHS" ] || usage_error "--only: no path given"
            ;;
        --prototype)
            [[ $SUITE == overlay ]] || usage_error "unknown option '$1'"
            [ -f "$2" ] || usage_error "--prototype '$2': no such file"
            PROTOTYPE=$2
            [[ " $PATHS " == *" prototype "* ]] || PATHS+=" prototype"
            ;;
        *)
            [[ $2 =~ ^[1-9][0-9]?$ ]] || usage_error "$1 '$2': allowed are 1 to 99"
            if [ "$1" = --rounds ]; then ROUNDS=$2; else SECONDS_PER_RUN=$2; fi
            ;;
    esac
}

prepare() {
    mkdir -p "$WORK/bin" "$WORK/samples"
    RESULTS=$WORK/results.tsv
    : >"$RESULTS"
    local program
    for program in rr udpload; do
        gcc -O2 -o "$WORK/bin/$program" "$REPO/bench/src/main/c/$program.c" ||
            fail "$program.c does not compile (apt-get install -y gcc libc6-dev)"
    done
    find_cores
    local path
    for path in $PATHS; do
        path_up "$path"
        warm_up "$path" "$WARM_UP_SECONDS" || fail "$path: no traffic passes"
    done
}

# in_turn ROUND: the paths, beginning with another one each round, so that no path is always measured first.
in_turn() {
    local list i
    read -ra list <<<"$PATHS"
    for ((i = 0; i < ${#list[@]}; i++)); do echo "${list[(i + $1) % ${#list[@]}]}"; done
}

# each_path ROUND MEASUREMENT ARGUMENTS...
each_path() {
    local round=$1 measurement=$2 path
    shift 2
    for path in $(in_turn "$round"); do
        "$measurement" "$path" "$round" "$@" || FAILURES=$((FAILURES + 1))
    done
}

measure_all() {
    local round
    FAILURES=0
    for ((round = 1; round <= ROUNDS; round++)); do
        note "round $round of $ROUNDS"
        each_path "$round" measure_tcp 1
        each_path "$round" measure_tcp 4
        each_path "$round" measure_udp
        each_path "$round" measure_udpload
        each_path "$round" measure_rr
    done
    bench_java LatencyReport "$WORK/samples" >>"$RESULTS" || fail "latency samples could not be folded"
}

fact() { printf '%s\t%s\n' "$1" "$2"; }

# Where and how it was measured.
facts() {
    fact date "$(date -u '+%Y-%m-%d %H:%M UTC')"
    fact machine "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, $(awk '/MemTotal/ { printf "%.1f GiB", $2 / 2^20 }' /proc/meminfo)"
    fact kernel "$(uname -sr)"
    fact JVM "$("$(java_command)" -version 2>&1 | sed -n 's/^OpenJDK 64-Bit Server VM/OpenJDK/p')"
    fact iperf3 "$(iperf3 --version | sed -n '1s/^iperf \([^ ]*\).*/\1/p')"
    [[ $PATHS != *ovs* ]] || fact "Open vSwitch" "$(ovs-vswitchd --version | sed -n '1s/.* //p')"
    fact revision "$(git -C "$REPO" describe --always --dirty 2>/dev/null || echo unknown)"
    fact "load before" "$LOAD_BEFORE"
    fact method "$ROUNDS rounds of $SECONDS_PER_RUN s, $MTU_FACT, latency pinned to core $PINNED_CORE"
}

# Rows and facts as one JSON object on stdout.
as_json() {
    jq -n --rawfile rows "$1" --rawfile facts "$2" '
        def lines: split("\n") | map(select(. != "") | split("\t"));
        { facts: ($facts | lines | map({ (.[0]): .[1] }) | add),
          results: ($rows | lines | map({ metric: .[0], path: .[1], round: (.[2] | tonumber), value: (.[3] | tonumber) })) }'
}

keep_and_print() {
    local directory
    directory=$REPO/bench/results/$SUITE-$(date -u +%Y%m%dT%H%M%SZ)
    mkdir -p "$directory" && cp "$RESULTS" "$WORK/facts.tsv" "$directory" || fail "no results in $directory"
    as_json "$RESULTS" "$WORK/facts.tsv" >"$directory/results.json"
    bench_java report.CompareReport text "$directory/results.tsv" "$directory/facts.tsv" "$SUITE" >"$directory/report.txt" &&
        bench_java report.CompareReport md "$directory/results.tsv" "$directory/facts.tsv" "$SUITE" >"$directory/report.md" ||
        fail "no report"
    if [ "$FORMAT" = md ]; then cat "$directory/report.md"; else cat "$directory/report.txt"; fi
    note "kept in ${directory#"$REPO"/}"
}

run_suite() {
    LOAD_BEFORE=$(cut -d' ' -f1 /proc/loadavg)
    awk -v load="$LOAD_BEFORE" 'BEGIN { exit load < 0.5 }' &&
        note "load is $LOAD_BEFORE: something else uses the cores, so the figures will say little"
    begin
    build_bench
    prepare
    measure_all
    facts >"$WORK/facts.tsv"
    keep_and_print
    [ "$FAILURES" -eq 0 ] || fail "$FAILURES measurements failed"
}

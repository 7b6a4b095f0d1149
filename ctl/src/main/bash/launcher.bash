# Sourced by ./vswitchctl, ./vswitchd and ./vswitch-docker with $home set: finds or builds the program and sets up $java, $lib,
# $classpath, $client and $archives. Class-data archives (AppCDS) save most of the JVM's start; without them all works,
# slower.

# shellcheck disable=SC2154 # the caller sets it
lib=$home/ctl/target/lib
stamp=$home/ctl/target/.built

launcher_fail() {
    echo "${0##*/}: $1" >&2
    exit 1
}

find_java() {
    java=java
    [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ] && java=$JAVA_HOME/bin/java
    java=$(readlink -f "$(command -v "$java")") || java=
    [ -n "$java" ] || launcher_fail "no java found; install openjdk-17-jre-headless or later, or set JAVA_HOME"
}

# Fresh means: there, and no source is newer than the jar or than the last build by this script.
is_fresh() {
    local jar reference
    for jar in "$lib"/ctl-*.jar; do reference=$jar; done
    [ -e "$reference" ] && [ -d "$home/containers/target/lib" ] || return 1
    [ "$stamp" -nt "$reference" ] && reference=$stamp
    [ -z "$(find "$home"/pom.xml "$home"/*/pom.xml "$home"/*/src/main -newer "$reference" -print -quit)" ]
}

build() {
    echo "${0##*/}: building, this takes a minute" >&2
    (
        flock 9 || exit 1
        is_fresh && exit 0
        cd "$home" && ./mvnw -q -B -DskipTests -pl ctl,containers -am package >&2 && touch "$stamp"
    ) 9>"$home/ctl/.build.lock" || launcher_fail "building failed"
}

# Starts a daemon in a directory of its own and asks it something, and has both JVMs keep what they loaded.
train() (
    new=$(mktemp -d "$archives.XXXXXX") || exit 0
    trap 'rm -rf "$new"' EXIT
    "$java" -XX:ArchiveClassesAtExit="$new/vswitchd.jsa" "${daemon_flags[@]}" -cp "$classpath" \
        io.vswitch.ctl.daemon.Vswitchd --run-dir "$new/run" --state-dir "$new/state" &
    daemon=$!
    for ((i = 0; i < 100; i++)); do
        [ -S "$new/run/vswitchd.sock" ] && break
        sleep 0.1
    done
    "$java" -XX:ArchiveClassesAtExit="$new/vswitchctl.jsa" "${client_flags[@]}" -jar "$client" show --socket "$new/run/vswitchd.sock"
    kill "$daemon"
    wait "$daemon"
    rm -rf "$new/run" "$new/state"
    find "$home/ctl/target" -maxdepth 1 -name "cds.$jvm.*" ! -path "$new" -exec rm -rf {} +
    mv -T "$new" "$archives"
) >/dev/null 2>&1 </dev/null

find_java
if ! is_fresh; then
    if [ -w "$home/ctl" ]; then
        build
    elif ! [ -d "$lib" ]; then
        launcher_fail "nothing is built and $home is not writable"
    fi
fi
classpath=$(printf '%s:' "$lib"/*.jar)
classpath=${classpath%:}
client=$(echo "$lib"/ctl-*.jar)
# shellcheck disable=SC2034 # used by the scripts that source this
client_flags=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xlog:disable -Xmx256m)
read -r -a opens < "$home/ctl/target/classes/jvm.options"
# The packet path checks every header against the frame itself; Agrona's checks of each access on top cost 10 ns a packet.
# The tests and the fuzzers run with them.
# A heap that starts small: by default its young part is so large that restoring 10,000 rules leaves 80 MiB of garbage
# resident (206 MiB in all, with 32 MiB 137 MiB; starting takes as long).
daemon_flags=("${opens[@]}" -XX:+UseSerialGC -Xshare:auto -Xlog:disable '-Xlog:all=error,cds*=off:stderr'
    -Xms32m -Xmx256m -XX:MaxDirectMemorySize=4g -Dagrona.disable.bounds.checks=true)

# Another JDK or another build needs another archive.
jvm=$(stat -L -c '%s.%Y' "${java%/bin/java}/lib/server/libjvm.so" 2>/dev/null) || jvm=unknown
built=$(stat -c '%Y' "$lib"/*.jar | sort -n | tail -1)
archives=$home/ctl/target/cds.$jvm.$built
[ -d "$archives" ] || [ ! -w "$home/ctl/target" ] || train

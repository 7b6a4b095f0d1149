# Runs a main class of module bench, building it on first use. Sourced.
# shellcheck shell=bash

readonly BENCH_CLASSPATH=$REPO/bench/target/classpath.txt

java_command() { if [ -n "${JAVA_HOME:-}" ]; then echo "$JAVA_HOME/bin/java"; else command -v java; fi; }

need_java() {
    [ -n "${JAVA_HOME:-}" ] || need java=openjdk-17-jdk-headless javac=openjdk-17-jdk-headless
}

build_bench() {
    if [ -f "$BENCH_CLASSPATH" ] && [ -z "$(find "$REPO"/{bench,vswitch-core,vfp-rules,tap-io,vxlan}/src/main/java \
        -name '*.java' -newer "$BENCH_CLASSPATH" -print -quit 2>/dev/null)" ]; then
        return
    fi
    note "building module bench"
    (cd "$REPO" && ./mvnw -q -B -ntp -pl bench -am -DskipTests compile \
        org.apache.maven.plugins:maven-dependency-plugin:build-classpath \
        -DincludeScope=runtime -Dmdep.outputFile=target/classpath.txt) >&2 || fail "module bench does not build"
    touch "$BENCH_CLASSPATH" # the plugin leaves an unchanged file alone
}

# bench_java CLASS ARGUMENTS...: with the opens that Agrona needs, and its leave to use Unsafe on Java 24 and later.
bench_java() {
    local class=$1
    shift
    "$(java_command)" -Dsun.misc.unsafe.memory.access=allow --add-opens java.base/jdk.internal.misc=ALL-UNNAMED \
        -cp "$REPO/bench/target/classes:$(cat "$BENCH_CLASSPATH")" "io.vswitch.bench.$class" "$@"
}

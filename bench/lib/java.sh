# Builds module bench on first use and runs its main classes. Sourced.
# shellcheck shell=bash

readonly BUILT=$REPO/bench/target/built # as old as the last build by a script
# Its jar files, those of the other modules too, are put there by the build.
readonly BENCH_CLASSPATH="$REPO/bench/target/classes:$REPO/bench/target/lib/*"

java_command() { if [ -n "${JAVA_HOME:-}" ]; then echo "$JAVA_HOME/bin/java"; else command -v java; fi; }

need_java() {
    [ -n "${JAVA_HOME:-}" ] || need java=openjdk-17-jdk-headless javac=openjdk-17-jdk-headless
}

# The flags that let Agrona and JNR into the JDK: the ones of the daemon and the tests.
jvm_opens() { sed -n 's|.*<jvm.opens>\(.*\)</jvm.opens>.*|\1|p' "$REPO/pom.xml"; }

build_bench() {
    [ ! -f "$BUILT" ] || [ -n "$(newer_sources)" ] || return 0
    note "building module bench"
    (cd "$REPO" && ./mvnw -q -B -ntp -pl bench -am -DskipTests -Dspotless.check.skip -Dcheckstyle.skip package) >&2 ||
        fail "module bench does not build"
    touch "$BUILT"
}

newer_sources() {
    find "$REPO"/{pom.xml,bench,vswitch-core,vfp-rules,tap-io,vxlan} -path '*/target' -prune -o -path '*/src/test' -prune \
        -o \( -name '*.java' -o -name pom.xml \) -newer "$BUILT" -print -quit
}

# bench_java CLASS ARGUMENTS...
bench_java() {
    local class=$1
    shift
    # shellcheck disable=SC2046 # the flags are words
    "$(java_command)" $(jvm_opens) -cp "$BENCH_CLASSPATH" "io.vswitch.bench.$class" "$@"
}

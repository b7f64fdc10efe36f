#!/bin/sh
# Everything that must pass, step by step; goes on after a failure so that one run tells all of it.
# usage: check.sh [STEP...]    without arguments: all steps. MAKE is the make to use.
#
# Two lanes run side by side: steps that mostly wait, for ticks, timers and a browser, and steps that
# compute, at a lower priority, which take what the others leave. What both use is built before; a step
# that needs what the other lane builds waits for it. With arguments: one after another. What a step
# says is in build/check/STEP.log, is told when it ends, and once more at the end where it failed.
set -u
make=${MAKE:-make}
jobs=$(nproc)
results=build/check
wanted="$*"
low=
rm -rf "$results" && mkdir -p "$results"

is_wanted() {
    [ -z "$wanted" ] || case " $wanted " in *" $1 "*) ;; *) return 1 ;; esac
}

# A session of its own, because the scheduler compares the priorities of sessions before those of programs.
lowly() {
    setsid -w nice -n 5 sh -c '{ echo 5 >/proc/self/autogroup; } 2>/dev/null; echo $$ >"$0"; exec "$@"' "$results/low" "$@"
}

step() { # step NAME MAKE-ARGUMENTS...
    name=$1
    shift
    is_wanted "$name" || return 0
    began=$(date +%s)
    if $low "$make" --no-print-directory "$@" </dev/null >"$results/$name.log" 2>&1; then
        result=passed
    else
        result=failed
    fi
    {
        printf '== %s\n' "$name"
        if [ "$result" = passed ]; then
            tail -n 3 "$results/$name.log" | sed 's/^/   /'
            printf '   ok, %d s\n' $(($(date +%s) - began))
        else
            tail -n 300 "$results/$name.log" | sed 's/^/   /'
            printf '   FAILED after %d s: make %s\n' $(($(date +%s) - began)) "$*"
        fi
    } >"$results/$name.told"
    flock "$results" cat "$results/$name.told"
    echo "$name" >>"$results/$result"
    : >"$results/$name.$result"
}

# after STEP: when the other lane is through with it
after() {
    [ -n "${computing-}" ] || return 0
    until [ -e "$results/$1.passed" ] || [ -e "$results/$1.failed" ]; do
        kill -0 "$computing" 2>/dev/null || return
        sleep 1
    done
}

compute() {
    step address-build -j"$jobs" SAN=address all
    step thread-build -j"$jobs" SAN=thread all
    step layers layers
    step symbols symbols
    step documents check-documents
    step web web-check
    step unit -j"$jobs" unit
    step torture -j"$jobs" check-torture
    step corpus check-corpus
    step lower check-lower
    step js check-js
    step address-unit -j"$jobs" SAN=address unit
    step address-js SAN=address check-js
    step thread-unit -j"$jobs" SAN=thread unit
    step thread-js SAN=thread check-js
    step fuzz -j"$jobs" fuzz-corpus
}

await() {
    step scenario check-scenario
    step browser check-e2e
    step api check-api
    step heap check-heap
    after address-build
    step address-scenario SAN=address check-scenario
    after thread-build
    step thread-scenario SAN=thread check-scenario
}

stop() {
    kill "$computing" 2>/dev/null
    [ ! -s "$results/low" ] || kill -- "-$(cat "$results/low")" 2>/dev/null
    exit 130
}

step build -j"$jobs" all build/npm/e2e/.done
if [ -n "$wanted" ] || [ -e "$results/failed" ]; then
    compute
    await
else
    (low=lowly && compute) &
    computing=$!
    trap stop INT TERM HUP
    export BUILT=yes # see the end of the Makefile
    await
    wait "$computing"
fi

for name in $(cat "$results/failed" 2>/dev/null); do
    printf '\n== %s failed:\n' "$name"
    grep -v '^ *\(ok\|---\|\.\.\.\|duration_ms\|# Subtest\)' "$results/$name.log" | tail -n 60 | sed 's/^/   /'
done
passed=$(cat "$results/passed" 2>/dev/null | wc -l)
failed=$(cat "$results/failed" 2>/dev/null | wc -l)
[ "$failed" -eq 0 ] || echo "check: failed: $(tr '\n' ' ' <"$results/failed")"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

#!/bin/sh
# Everything that must pass, step by step; goes on after a failure so that one run tells all of it.
# usage: check.sh [STEP...]    without arguments: all steps. MAKE is the make to use.
set -u
make=${MAKE:-make}
jobs=$(nproc)
passed=0 failed=0 failures=
log=build/check.log
mkdir -p build

step() { # step NAME MAKE-ARGUMENTS...
    name=$1
    shift
    [ -z "$wanted" ] || case " $wanted " in *" $name "*) ;; *) return 0 ;; esac
    printf '== %s\n' "$name"
    began=$(date +%s)
    if "$make" --no-print-directory "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        tail -n 3 "$log" | sed 's/^/   /'
        printf '   ok, %d s\n' $(($(date +%s) - began))
    else
        failed=$((failed + 1))
        failures="$failures $name"
        sed 's/^/   /' "$log" | tail -n 300
        printf '   FAILED: make %s\n' "$*"
    fi
}

wanted="$*"
step build -j"$jobs" all
step layers layers
step symbols symbols
step documents check-documents
step web web-check
step unit -j"$jobs" unit
step torture -j"$jobs" check-torture
step corpus check-corpus
step lower check-lower
step js check-js
step scenario check-scenario
step api check-api
step heap check-heap
step browser check-e2e
step fuzz fuzz-corpus
step address-unit -j"$jobs" SAN=address unit
step address-js -j"$jobs" SAN=address check-js
step address-scenario -j"$jobs" SAN=address check-scenario
step thread-unit -j"$jobs" SAN=thread unit
step thread-js -j"$jobs" SAN=thread check-js
step thread-scenario -j"$jobs" SAN=thread check-scenario

[ -z "$failures" ] || echo "check: failed:$failures"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

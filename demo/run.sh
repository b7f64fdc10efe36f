#!/bin/sh
# The demonstration: a collector, a sample program, a page. Ctrl-C ends everything.
# usage: run.sh BINDIR [SECONDS]    with SECONDS it ends by itself and says what was seen
set -eu
bin=$1
seconds=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
url=http://${DEMO_LISTEN:-127.0.0.1:9617}
work=$(mktemp -d "${TMPDIR:-/tmp}/isoscope-demo.XXXXXX")
collector= program=

finish() {
    trap - EXIT INT TERM
    [ -z "$program" ] || kill "$program" 2>/dev/null || true
    [ -z "$collector" ] || kill "$collector" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'echo; finish; exit 0' INT TERM

export ISOSCOPE_SOCKET="$work/collector.sock" ISOSCOPE_URL="$url"
# a budget of its own: beside a whole machine a dozen small workers would hardly be seen
cat >"$work/isoscope.yaml" <<EOF
budgets:
  - name: demo
    match: demo
    limit: 512MiB
# a slow machine, too, is to show who leaks
culprit: {max_pause: 5s}
EOF
"$bin/isoscoped" --config "$work/isoscope.yaml" --listen "${url#http://}" --socket "$ISOSCOPE_SOCKET" --state "$work/state" &
collector=$!
tries=0
until "$bin/isoctl" status >/dev/null 2>&1; do
    kill -0 "$collector" 2>/dev/null || { echo "demo: the collector did not start" >&2; exit 1; }
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { echo "demo: the collector does not answer at $url" >&2; exit 1; }
    sleep 0.1
done
"$bin/isorun" --name demo "$here/main.js" &
program=$!

printf '\n  Isoscope watches a sample program of %s workers.\n\n      %s\n\n' 12 "$url"
if [ -z "$seconds" ]; then
    echo '  Ctrl-C ends everything.'
    wait "$program"
    exit 1
fi
sleep "$seconds"

kill -0 "$program" 2>/dev/null || { echo "demo: the sample program ended early" >&2; exit 1; }
echo "  After $seconds seconds:"
for what in status alerts processes isolates stores; do
    printf '\n--- isoctl %s\n' "$what"
    "$bin/isoctl" "$what"
done

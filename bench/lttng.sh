#!/bin/sh
# Our record write beside an LTTng-UST event of the same content, one JSON line. LTTng comes from
# Debian's packages, unpacked under DIRECTORY and not installed; its session daemon runs privately
# (as nobody when we are root) and ends with this script.
# usage: lttng.sh RING-BENCH DIRECTORY
set -eu
ring=$1
mkdir -p "$2"
directory=$(cd "$2" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
root=$directory/root
home=$directory/home
packages='lttng-tools liblttng-ust-dev liblttng-ust1 liblttng-ust-common1 liblttng-ust-ctl5
          liblttng-ctl0 liburcu8 liburcu-dev libpopt0'

skip() {
    echo "SKIPPED: LTTng-UST beside our ring: $1"
    exit 0
}

if [ ! -x "$root/usr/bin/lttng" ]; then
    (cd "$directory" && apt-get download -q $packages) >"$directory/download.log" 2>&1 ||
        skip 'its packages could not be fetched'
    for package in "$directory"/*.deb; do
        dpkg-deb -x "$package" "$root"
    done
fi
libraries=$root/usr/lib/$(gcc -print-multiarch)
gcc -O2 -I"$root/usr/include" -I"$root/usr/include/$(gcc -print-multiarch)" -I"$here/lttng" \
    -D_GNU_SOURCE -o "$directory/peer" "$here/lttng/peer.c" -L"$libraries" \
    -Wl,-rpath-link,"$libraries" -llttng-ust -ldl

rm -rf "$home"
mkdir -p "$home"
as=
if [ "$(id -u)" -eq 0 ]; then # root's session daemon would be the machine's
    chown 65534:65534 "$home"
    as='setpriv --reuid 65534 --regid 65534 --clear-groups'
fi
export LD_LIBRARY_PATH="$libraries" LTTNG_HOME="$home" HOME="$home"
export LTTNG_UST_REGISTER_TIMEOUT=3000 LTTNG_SESSION_CONFIG_XSD_PATH="$root/usr/share/xml/lttng/"
lttng="$as $root/usr/bin/lttng -q"
$as "$root/usr/bin/lttng-sessiond" --no-kernel --consumerd64-libdir="$libraries" \
    --consumerd64-path="$libraries/lttng/libexec/lttng-consumerd" >"$directory/sessiond.log" 2>&1 &
daemon=$!
trap 'kill $daemon 2>/dev/null; wait $daemon 2>/dev/null || :' EXIT
tries=0
until $lttng list >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || skip "its session daemon did not start ($directory/sessiond.log)"
    sleep 0.2
done
$lttng create record --snapshot --output="$home/trace" >/dev/null
$lttng enable-channel --userspace --overwrite --subbuf-size=4M --num-subbuf=8 channel
$lttng enable-event --userspace --channel=channel isoscope_peer:clone
$lttng start
before=$("$ring")
peer=$($as "$directory/peer")
after=$("$ring")
# Only events that were really recorded count: the buffers must be full of them.
$lttng snapshot record >/dev/null
[ "$(du -sk "$home/trace" | cut -f1)" -ge 4096 ] || { echo 'LTTng recorded nothing' >&2; exit 1; }
$lttng destroy record >/dev/null 2>&1 || :

# The faster of our two runs around the peer's would flatter us: take their mean.
printf '%s\n%s\n' "$before" "$after" | sed -n 's/.*"record_ns":\([0-9.]*\).*/\1/p' |
    awk -v peer="$peer" '{ sum += $1; n++ } END {
        printf "{\"bench\":\"record\",\"ours_ns\":%.1f,\"lttng_ust_ns\":%.1f,\"ratio\":%.2f}\n",
               sum / n, peer, sum / n / peer }'

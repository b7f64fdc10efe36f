#!/bin/sh
# Installs what is missing: `deps.sh build` for building and the demonstration, `deps.sh check` for
# the tests as well. Debian's packages with apt-get (root, or sudo); nothing when all is there.
set -eu

missing=
need() { # need PACKAGE...
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' ||
            missing="$missing $package"
    done
}
need_command() { # need_command COMMAND PACKAGE: any version of the command will do
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

need libc6-dev duktape-dev libmicrohttpd-dev libjansson-dev libuv1-dev libyaml-dev uthash-dev \
    libcurl4-openssl-dev nettle-dev libncurses-dev libsqlite3-dev ca-certificates libbpf-dev \
    libelf-dev systemtap-sdt-dev
need_command gcc gcc
need_command clang clang
PATH=$PATH:/usr/sbin need_command bpftool bpftool
need_command patch patch
need_command esbuild esbuild
need_command node nodejs
need_command npm npm
if [ "${1:-build}" = check ]; then
    need libcmocka-dev libclang-rt-14-dev fonts-dejavu-core
    need_command chromium chromium
    need_command prometheus prometheus
    need_command prometheus-alertmanager prometheus-alertmanager
    need_command curl curl
    need_command openssl openssl
    need_command bpftrace bpftrace
    need_command tmux tmux
    need_command groff groff-base
    need_command wrk wrk
fi

[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null 2>&1 || {
    echo "deps: missing:$missing (install them; this machine has no apt-get)" >&2
    exit 1
}
as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "deps: missing:$missing; run 'apt-get install$missing' as root" >&2
        exit 1
    }
    as_root=sudo
fi
echo "deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -qq -y --no-install-recommends $missing >/dev/null

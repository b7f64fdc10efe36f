#!/bin/sh
# Who may include whom: our layers, and the fences around foreign headers. Prints each breach.
set -eu
breaches=0

breach() {
    echo "layers: $1"
    breaches=$((breaches + 1))
}

# allowed LAYER OTHER...: files of LAYER include headers of LAYER and OTHER only
allowed() {
    layer=$1
    for include in $(find "$layer" -name '*.[ch]' -o -name '*.def' 2>/dev/null | sort | xargs -r \
        grep -HoE '^#include "[a-z]+/[^"]+"' | sed 's/#include "//; s/"$//'); do
        file=${include%%:*}
        target=${include#*:}
        case " $* " in
        *" ${target%%/*} "*) ;;
        *) breach "$file includes $target: $layer may use only: $*" ;;
        esac
    done
}

# fenced HEADER-PATTERN PATH-PATTERN: only files matching the path may include the header
fenced() {
    for file in $(grep -rlE "^#include [<\"]($1)" --include='*.[ch]' \
        base wire detect runtime daemon ctl probes 2>/dev/null | grep -vE "^($2)" || true); do
        breach "$file includes $1, which is fenced in ($2)"
    done
}

# floor FOLDER OTHER...: inside the daemon, files of FOLDER include only FOLDER, OTHER and what lies
# in daemon/ itself (configuration, the daemon's struct)
floor() {
    folder=$1
    for include in $(find "daemon/$folder" -name '*.[ch]' | sort | xargs -r \
        grep -HoE '^#include "daemon/[a-z]+/[^"]+"' | sed 's/#include "daemon\///; s/"$//'); do
        target=${include#*:}
        case " $* " in
        *" ${target%%/*} "*) ;;
        *) breach "${include%%:*} includes daemon/$target: daemon/$folder may use only: $*" ;;
        esac
    done
}

# page FOLDER OTHER...: inside the dashboard, files of FOLDER import only from FOLDER and OTHER
page() {
    folder=$1
    for import in $(grep -HoE "[\"']\.\./[a-z]+/" "web/src/$folder"/*.ts | tr -d "\"'" | sed 's|\.\./||; s|/$||'); do
        target=${import#*:}
        case " $* " in
        *" $target "*) ;;
        *) breach "${import%%:*} imports of web/src/$target: web/src/$folder may use only: $*" ;;
        esac
    done
}

allowed base
allowed wire base
allowed detect base
allowed runtime wire base
allowed daemon detect wire base
allowed ctl detect wire base
allowed probes wire base

floor model
floor ingest model
floor judge model
floor history model
floor notify judge model
floor views model history
floor http views model history

page data
page parts data
page charts parts data
page views charts parts data

fenced 'duktape\.h|duk_' 'runtime/'
fenced 'uv\.h' 'runtime/'
fenced 'microhttpd\.h' 'daemon/http/'
fenced 'yaml\.h' 'daemon/config|ctl/replay_config'
fenced 'curl/' 'ctl/|daemon/notify/'
fenced 'curses\.h' 'ctl/top_screen'
fenced 'bpf/' 'probes/'
fenced 'sys/sdt\.h' 'runtime/points\.h'
fenced 'sqlite3\.h' 'daemon/history/disk\.c'

[ "$breaches" -eq 0 ] && echo 'layers: clean'
[ "$breaches" -eq 0 ]

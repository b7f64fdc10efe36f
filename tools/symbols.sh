#!/bin/sh
# Every function an object exports begins with the name of its file (ring.o exports ring_*, a plural
# stream.o streams_* too, config_text.o config_*): a definition is found by its name alone.
# usage: symbols.sh OBJECT...
set -eu
bad=0
for object in "$@"; do
    stem=$(basename "$object" .o)
    case $stem in main | unity) continue ;; esac
    module=${stem%%_*}
    for symbol in $(nm -g --defined-only "$object" | awk '$2 == "T" {print $3}' | grep -v '^__'); do
        case $symbol in
        "$stem" | "$stem"_* | "$stem"s_* | "$module"_*) ;;
        *)
            echo "symbols: $object exports $symbol"
            bad=$((bad + 1))
            ;;
        esac
    done
done
[ "$bad" -eq 0 ] && echo 'symbols: clean'
[ "$bad" -eq 0 ]

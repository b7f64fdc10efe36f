#!/bin/sh
# Runs fuzz targets one after another, each for some seconds; prints one line each and everything of
# those that fail. An input that fails stays in build/fuzz/ and belongs into the kept corpus.
# usage: run.sh SECONDS TARGET...
seconds=$1
shift
failed=0
for target in "$@"; do
    grown=build/fuzz/corpus/$target
    mkdir -p "$grown"
    log=build/fuzz/$target.log
    if build/fuzz/"$target" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=1024 \
        -max_len=66000 -artifact_prefix=build/fuzz/"$target"- -print_final_stats=1 \
        "$grown" tests/fuzz/corpus/"$target" >"$log" 2>&1; then
        printf '  ok      fuzz %s (%s inputs in %s s, %s kept)\n' "$target" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds" \
            "$(find tests/fuzz/corpus/"$target" -type f | wc -l)"
    else
        printf '  FAILED  fuzz %s\n' "$target"
        cat "$log"
        failed=$((failed + 1))
    fi
done
[ "$failed" -eq 0 ]

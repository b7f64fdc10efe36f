#!/bin/sh
# Runs cmocka programs one after another; prints one line each and everything of those that fail.
# One that does not end within ten minutes has failed.
failed=0
for program in "$@"; do
    if output=$(timeout -k 5 600 "$program" 2>&1); then
        printf '  ok      %s (%s)\n' "$(basename "$program")" \
            "$(printf '%s\n' "$output" | sed -n 's/.*PASSED  \] \([0-9]* test\).*/\1s/p' | tail -1)"
        printf '%s\n' "$output" | sed -n 's/^SKIPPED\(.*\)/  SKIPPED\1/p; s/^\[  SKIPPED \] \(test_.*\)/  SKIPPED \1/p' | sort -u
    else
        printf '  FAILED  %s\n%s\n' "$(basename "$program")" "$output"
        failed=$((failed + 1))
    fi
done
echo "unit: $(($# - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]

#!/bin/sh
# run_fuzz.sh PROGRAM...: replay what once crashed, then fuzz each target for $FUZZ_SECONDS; each counts as one test.
set -u
seconds=${FUZZ_SECONDS:-20}
passed=0
failed=0
for program in "$@"; do
    name=${program##*/fuzz_}
    work=$(mktemp -d)
    inputs=
    [ -d "tests/fuzz/corpus/$name" ] && inputs="tests/fuzz/corpus/$name"
    replay=$(find "tests/fuzz/regression/$name" -type f 2>/dev/null)
    if { [ -z "$replay" ] || "$program" $replay >"$work.log" 2>&1; } &&
        "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
            -artifact_prefix="build/fuzz/crash-$name-" "$work" $inputs >"$work.log" 2>&1; then
        passed=$((passed + 1))
        echo "  pass fuzz $name ($seconds s)"
    else
        failed=$((failed + 1))
        echo "  FAIL fuzz $name; the input is kept as build/fuzz/crash-$name-*"
        tail -n 60 "$work.log" | sed 's/^/    /'
    fi
    rm -rf "$work" "$work.log"
done
[ -z "${COUNTS-}" ] || echo "$passed $failed" >>"$COUNTS"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

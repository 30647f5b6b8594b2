#!/bin/sh
# run_fuzz.sh PROGRAM: replay what once crashed, then fuzz the target for $FUZZ_SECONDS; it counts as one test.
set -u
seconds=${FUZZ_SECONDS:-20}
program=$1
name=${program##*/fuzz_}
work=$(mktemp -d)
trap 'rm -rf "$work" "$work.log"' EXIT
inputs=
[ -d "tests/fuzz/corpus/$name" ] && inputs="tests/fuzz/corpus/$name"
replay=$(find "tests/fuzz/regression/$name" -type f 2>/dev/null)
if { [ -z "$replay" ] || "$program" $replay >"$work.log" 2>&1; } &&
    "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="build/fuzz/crash-$name-" "$work" $inputs >"$work.log" 2>&1; then
    [ -z "${COUNTS-}" ] || echo "1 0" >>"$COUNTS"
    echo "  pass fuzz $name ($seconds s)"
    exit 0
fi
[ -z "${COUNTS-}" ] || echo "0 1" >>"$COUNTS"
echo "  FAIL fuzz $name; the input is kept as build/fuzz/crash-$name-*"
tail -n 60 "$work.log" | sed 's/^/    /'
exit 1

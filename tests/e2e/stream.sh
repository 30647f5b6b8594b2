#!/bin/bash
# Streams of $STREAM_MB megabytes (60; `make soak` takes 5,000) through `inspect` and `import --dry-run`: whatever is in
# them, the program ends by itself and its memory stays within a bound.
set -u
cd "$(dirname "$0")/../.."
pingyi=${PINGYI:-build/${BUILD:-release}/pingyi}
megabytes=${STREAM_MB:-60}
work=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
trap 'rm -rf "$work"' EXIT
export PINGYI_DATA="$work/data" TMPDIR="$work"
failed=0
# The sanitizers keep what was freed; their own memory is not what is asked about.
limit_mb=200
case $pingyi in */asan/* | */tsan/*) limit_mb=1500 ;; esac

cc -O2 -std=c11 -D_GNU_SOURCE -o "$work/generate" tests/data/generate_city.c
"$pingyi" init 2>/dev/null

# run NAME COMMAND...: stdin is the stream; the command's highest memory is asked of the kernel while it runs.
run() {
    name=$1
    shift
    "$@" >"$work/out" 2>"$work/messages" <&0 &
    child=$!
    peak=0
    while now=$(awk '/^VmHWM/ { print $2 }' "/proc/$child/status" 2>/dev/null) && [ -n "$now" ]; do
        peak=$now
        sleep 0.02
    done
    wait $child
    status=$?
    if [ $status -le 3 ] && [ $((peak / 1024)) -lt $limit_mb ]; then
        echo "ok stream__$name"
    else
        echo "not ok stream__$name: exit $status, $((peak / 1024)) MB: $(head -2 "$work/messages")"
        failed=1
    fi
}
lines() {
    yes "$1" | head -c "${megabytes}M"
}
dump() {
    "$work/generate" --bench-rows $((megabytes * 1000000 / 330))
}

dump | run clean_dump_inspected "$pingyi" inspect - --format csv
dump | run clean_dump_imported "$pingyi" import --dry-run --format json -
{ head -2 tests/data/city_2024_05.csv; lines 'x,"never closed, y'; } | run quotes_never_closed "$pingyi" inspect - --format csv
{ head -2 tests/data/city_2024_05.csv; lines '"a""b","c"d,"'; } | run stray_quotes_imported "$pingyi" import --dry-run -
head -c "${megabytes}M" /dev/zero | tr '\0' 'a' | run one_endless_cell "$pingyi" inspect - --format csv
head -c "${megabytes}M" /dev/zero | tr '\0' ',' | run one_endless_record "$pingyi" inspect - --format csv
{ printf '"'; head -c "${megabytes}M" /dev/zero | tr '\0' '\n'; } | run quoted_line_ends "$pingyi" inspect - --format csv
head -c "${megabytes}M" /dev/urandom | run noise "$pingyi" inspect - --format csv
{ head -1 tests/data/city_2024_05.csv; head -c "${megabytes}M" /dev/urandom; } | run noise_imported "$pingyi" import --dry-run -
exit $failed

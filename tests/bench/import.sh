#!/bin/bash
# Importing a million generated rows, beside `sqlite3 .import` of the same file into a table with a primary key, and
# GB18030 beside UTF-8. Each is run $RUNS times (3) in turn; the ratio is that of the medians.
set -eu
cd "$(dirname "$0")/../.."
pingyi=${PINGYI:-build/release/pingyi}
rows=${BENCH_ROWS:-1000000}
runs=${RUNS:-3}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PINGYI_DATA="$dir/data"

cc -O2 -std=c11 -D_GNU_SOURCE -o "$dir/generate" tests/data/generate_city.c
"$dir/generate" --bench-rows "$rows" >"$dir/utf8.csv"
"$dir/generate" --bench-rows "$rows" --encoding gb18030 >"$dir/gb18030.csv"
"$dir/generate" --bench-rows "$rows" --random-ids >"$dir/random.csv"
columns=$(head -n 1 "$dir/utf8.csv" | tr -d '\r')
printf 'CREATE TABLE t ("%s" TEXT PRIMARY KEY%s);\n' "${columns%%,*}" \
    "$(printf '%s' "${columns#*,}" | awk -v RS=, '{ printf ", \"%s\" TEXT", $0 }')" >"$dir/table.sql"

seconds() {
    local began ended
    began=$(date +%s%N)
    "$@" >/dev/null 2>&1 || [ $? -eq 3 ]
    ended=$(date +%s%N)
    awk -v ns=$((ended - began)) 'BEGIN { printf "%.3f\n", ns / 1e9 }'
}

peer() {
    sqlite3 "$dir/peer.db" ".read $dir/table.sql" ".mode csv" ".import --skip 1 $1 t"
}

time_peer() {
    rm -f "$dir/peer.db"
    seconds peer "$1"
}

time_import() {
    rm -rf "$PINGYI_DATA"
    "$pingyi" init 2>/dev/null
    seconds "$pingyi" import --extracted-at 2025-01-01 "$1"
}

median() {
    sort -n | awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'
}

for run in $(seq "$runs"); do
    time_peer "$dir/utf8.csv" >>"$dir/peer.times"
    time_import "$dir/utf8.csv" >>"$dir/utf8.times"
    time_import "$dir/gb18030.csv" >>"$dir/gb18030.times"
    time_peer "$dir/random.csv" >>"$dir/peer-random.times"
    time_import "$dir/random.csv" >>"$dir/random.times"
done
rm -rf "$PINGYI_DATA"
"$pingyi" init 2>/dev/null
"$pingyi" import --extracted-at 2025-01-01 "$dir/utf8.csv" >/dev/null 2>&1 &
peak=0
while [ -r "/proc/$!/status" ] && now=$(awk '/^VmHWM/ { print $2 }' "/proc/$!/status" 2>/dev/null) && [ -n "$now" ]; do
    peak=$now
    sleep 0.05
done
wait

report() {
    awk -v what="$1" -v ours="$2" -v peers="$3" -v ratio="$4" -v goal="$5" \
        'BEGIN { printf "%-46s %7.2f s %7.2f s  ratio %.2f  (%s)\n", what, ours, peers, ratio, goal }'
}
ratio() {
    awk -v a="$1" -v b="$2" 'BEGIN { print a / b }'
}
peer_s=$(median <"$dir/peer.times")
utf8_s=$(median <"$dir/utf8.times")
gb_s=$(median <"$dir/gb18030.times")
peer_random_s=$(median <"$dir/peer-random.times")
random_s=$(median <"$dir/random.times")
echo "import of $rows rows, $(stat -c %s "$dir/utf8.csv") bytes: ours, peer's, medians of $runs"
report "import / sqlite3 .import" "$utf8_s" "$peer_s" "$(ratio "$peer_s" "$utf8_s")" "at least 1.5 times as fast, goal 2.0"
report "ids in random order / sqlite3 .import" "$random_s" "$peer_random_s" "$(ratio "$peer_random_s" "$random_s")" "alarm below 1.2"
report "GB18030 / UTF-8" "$gb_s" "$utf8_s" "$(ratio "$gb_s" "$utf8_s")" "at most 1.25 times the time"
echo "peak memory of an import: $((peak / 1024)) MB (under 150)"

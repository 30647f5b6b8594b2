#!/bin/bash
# Scoring stored orders, beside SQLite's own GROUP BY over them that counts the same: orders, base and on time per unit.
# Ten files of a million rows make $BENCH_ORDERS (10,000,000).
set -eu
cd "$(dirname "$0")/../.."
pingyi=${PINGYI:-build/release/pingyi}
orders=${BENCH_ORDERS:-10000000}
runs=${RUNS:-3}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PINGYI_DATA="$dir/data"

cc -O2 -std=c11 -D_GNU_SOURCE -o "$dir/generate" tests/data/generate_city.c
"$pingyi" init 2>/dev/null
"$dir/generate" --bench-rows "$orders" | "$pingyi" import --extracted-at 2025-06-01 - >/dev/null 2>&1 || [ $? -eq 3 ]
"$pingyi" round create --id bench --from 2024-01-01 --to 2025-05-31 --kind other 2>/dev/null

seconds() {
    local began ended
    began=$(date +%s%N)
    "$@" >"$dir/out" 2>/dev/null || [ $? -eq 3 ]
    ended=$(date +%s%N)
    awk -v ns=$((ended - began)) 'BEGIN { printf "%.3f\n", ns / 1e9 }'
}

# The plainest SQL that gives the same counts for this file: given deadlines, no extensions, no exclusions.
group_by() {
    sqlite3 -readonly "$PINGYI_DATA/pingyi.db" "
        SELECT unit_name_id, count(*), sum(due_at BETWEEN 1704038400 AND 1748707199),
               sum(coalesce(submitted_at, closed_at) <= due_at)
        FROM handlings GROUP BY unit_name_id"
}

median() {
    sort -n | awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'
}

for run in $(seq "$runs"); do
    seconds group_by >>"$dir/peer.times"
    seconds "$pingyi" score --round bench --format csv >>"$dir/ours.times"
done
"$pingyi" score --round bench --format csv 2>/dev/null | tail -n 1 |
    awk -F, '{ printf "counted: %d orders, %d due, %d on time\n", $9, $11, $12 }'
ours=$(median <"$dir/ours.times")
peers=$(median <"$dir/peer.times")
awk -v ours="$ours" -v peers="$peers" -v n="$orders" 'BEGIN {
    printf "%-46s %7.2f s %7.2f s  ratio %.2f  (%s)\n", "scoring " n " orders / GROUP BY", ours, peers, peers / ours,
           "at least 3 times as fast" }'

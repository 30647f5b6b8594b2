#!/bin/bash
# Scoring stored orders, beside SQLite's own GROUP BY over them that counts the same: orders, base and on time per unit;
# then the same orders frozen and drawn, with $BENCH_OUTCOMES attempts (1,000,000) on half as many drawn orders.
set -eu
cd "$(dirname "$0")/../.."
pingyi=${PINGYI:-build/release/pingyi}
orders=${BENCH_ORDERS:-10000000}
outcomes=${BENCH_OUTCOMES:-1000000}
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

# ratio NAME GOAL: medians of both series, and how many times faster ours is.
ratio() {
    awk -v name="$1" -v goal="$2" -v ours="$(median <"$dir/ours.times")" -v peers="$(median <"$dir/peer.times")" 'BEGIN {
        printf "%-46s %7.2f s %7.2f s  ratio %.2f  (%s)\n", name, ours, peers, peers / ours, goal }'
    rm "$dir/ours.times" "$dir/peer.times"
}

for run in $(seq "$runs"); do
    seconds group_by >>"$dir/peer.times"
    seconds "$pingyi" score --round bench --format csv >>"$dir/ours.times"
done
"$pingyi" score --round bench --format csv 2>/dev/null | tail -n 1 |
    awk -F, '{ printf "counted: %d orders, %d due, %d on time\n", $9, $11, $12 }'
ratio "scoring $orders orders / GROUP BY" "at least 3 times as fast"

printf '[on_time]\nperiod = received\n[frame]\nmax_age = none\n[allocation]\nreserve = 0\n' >"$dir/rules.ini"
"$pingyi" round create --id drawn --from 2024-01-01 --to 2025-05-31 --kind other --rules "$dir/rules.ini" 2>/dev/null
printf 'freezing %s orders: %s s\n' "$orders" "$(seconds "$pingyi" round freeze drawn)"
printf 'drawing %s of them: %s s\n' $((outcomes / 2)) \
    "$(seconds "$pingyi" draw --round drawn --size $((outcomes / 2)) --exact-seed bench)"
"$pingyi" draw --round drawn --format csv 2>/dev/null |
    awk -F, -v OFS=, 'NR == 1 { print "order_no", "called_at", "caller", "disposition", "resolved", "satisfaction"; next }
        { print $3, "2025-06-02 10:00:00", "C" NR % 10, "2.21", "", ""
          print $3, "2025-06-03 10:00:00", "C" NR % 7, "1.1", NR % 5 ? "yes" : "no", NR % 5 + 1 }' >"$dir/outcomes.csv"
printf 'importing %s outcomes: %s s\n' "$outcomes" "$(seconds "$pingyi" outcomes import --round drawn "$dir/outcomes.csv")"

# The plainest SQL that counts as much: frozen orders by unit, and each drawn order by its last attempt.
group_both() {
    sqlite3 -readonly "$PINGYI_DATA/pingyi.db" "
        SELECT unit_name_id, count(*), sum(judgement >= 40), sum(judgement IN (40, 44))
        FROM round_facts GROUP BY unit_name_id;
        SELECT unit, count(*), sum(code = '1.1'), sum(resolved = 3), sum(satisfaction >= 4)
        FROM (SELECT d.unit, a.code, a.resolved, a.satisfaction, max(a.called_at)
              FROM drawn_orders AS d JOIN attempts AS a ON a.drawn_id = d.id GROUP BY d.id) GROUP BY unit"
}
for run in $(seq "$runs"); do
    seconds group_both >>"$dir/peer.times"
    seconds "$pingyi" score --round drawn --format csv >>"$dir/ours.times"
done
ratio "scoring them with $outcomes outcomes / GROUP BY" "not slower"
"$pingyi" score --round drawn --format csv >/dev/null 2>&1 &
peak=0
while [ -r "/proc/$!/status" ] && now=$(awk '/^VmHWM/ { print $2 }' "/proc/$!/status" 2>/dev/null) && [ -n "$now" ]; do
    peak=$now
    sleep 0.05
done
wait || [ $? -eq 3 ]
echo "peak memory of scoring them: $((peak / 1024)) MB"

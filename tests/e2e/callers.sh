#!/bin/bash
# Many callers at once on one round, by HTTP: $CALLERS (20) on $CASES cases (4000), $SECONDS_EACH seconds (2) with a case
# each $PACE_MS milliseconds (500) and as long without a pause. Nobody holds a case that somebody else holds, by what they
# were told and by the log; nothing fails, and memory stays level. `make bench` runs it with 200 on 100,000.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/serve.sh
. tests/support/any_hour.sh
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"' EXIT
cases=${CASES:-4000} callers=${CALLERS:-20} seconds=${SECONDS_EACH:-2} pace=${PACE_MS:-500}
load=$(dirname "$pingyi")/tests/bench/bench_callers

cc -O2 -std=c11 -D_GNU_SOURCE -o "$work/generate" tests/data/generate_city.c
"$pingyi" init >"$work/out" 2>&1
"$work/generate" --bench-rows $((cases * 13 / 10)) >"$work/orders.csv"
check city 0 import --extracted-at 2025-06-01 "$work/orders.csv"
printf '[basis]\ndocument = 测试1号\n[frame]\nmax_age = none\n[allocation]\nmin_per_unit = 0\n' >"$work/rules.ini"
at_any_hour "$work/rules.ini"
check round 0 round create --id calls --from 2024-01-01 --to 2025-05-31 --kind other --rules "$work/rules.ini"
check draw 0 draw --round calls --size "$cases" --exact-seed calls
check open 0 followup open --round calls
"$load" prepare "$PINGYI_DATA" "$callers" "$work/callers"
verdict callers_sign_in $?
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=8" # else a sanitizer keeps what was freed
serve

rss_mb() {
    awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$server/status"
}
# work NAME PACE: a line of figures.
work_on() {
    "$load" work "$port" "$work/callers" "$seconds" "$2" "$work/held" >"$work/figures" 2>"$work/client"
    read -r rate found median next all errors empty <"$work/figures"
    [ "${errors:-1}" -eq 0 ] && [ "$empty" -lt "$callers" ]
    verdict "nothing_fails_$1" $? "$errors failed, $empty without a case: $(head -c 500 "$work/client")"
    printf '# %d callers on %d cases, %-15s %5.0f cases/s, %6.0f answers/s; next p50 %6.1f ms, p99 %6.1f ms (goal 50); all p99 %6.1f ms; %d MB\n' \
        "$callers" "$cases" "$1" "$found" "$rate" "$median" "$next" "$all" "$(rss_mb)"
}
work_on paced "$pace"
before=$(rss_mb)
work_on without_pause 0
work_on paced_again "$pace"
after=$(rss_mb)
[ "$after" -le $((before * 3 / 2 + 64)) ]
verdict memory_is_level $? "$before MB, then $after MB"

sort -k 1,1n -k 3,3n "$work/held" | awk '$1 == id && $3 < until && $2 != who { twice++ } { id = $1; who = $2; until = $4 } END { exit twice > 0 }'
verdict no_case_has_two_holders $?
ask() {
    sqlite3 -readonly "$PINGYI_DATA/pingyi.db" "$1"
}
[ "$(ask "SELECT count(*) FROM (SELECT case_id, account_id, started_utc, max(coalesce(ended_utc, 1e12)) OVER
    (PARTITION BY case_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until FROM dials) WHERE started_utc < until")" -eq 0 ]
verdict no_case_is_dialled_twice_at_once $?
[ "$(ask "SELECT count(*) FROM (SELECT 1 FROM dials GROUP BY case_id HAVING count(DISTINCT account_id) > 1)")" -eq 0 ]
verdict each_case_was_one_callers $?
held=$(wc -l <"$work/held")
ended=$(ask "SELECT count(*) FROM dials WHERE code <> ''")
[ "$ended" -ge "$held" ] && [ "$ended" -le $((held + 3 * callers)) ]
verdict each_dial_is_in_the_log $? "$ended, told of $held"
kill -TERM "$server"
wait "$server"
verdict serve_stops_in_order $?
server=
exit $failed

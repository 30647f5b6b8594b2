#!/bin/sh
# Real open data through the whole program equal tables that other programs computed (tests/data/README.md): Boston by
# department and by queue, Kansas City by the city's own flag, New York by closing.
set -u
cd "$(dirname "$0")/../.."
pingyi=${PINGYI:-build/release/pingyi}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PINGYI_DATA="$dir/data"

verdict() {
    if [ "$2" = 0 ]; then echo "ok $1"; else echo "not ok $1"; fi
}

# load PROFILE FILE: into an empty data directory.
load() {
    rm -rf "$PINGYI_DATA"
    "$pingyi" init 2>/dev/null && "$pingyi" import --profile "$1" --extracted-at 2025-01-01 "$2" >"$dir/import.log" 2>&1
    [ $? -ne 1 ] || cat "$dir/import.log"
}

# count FROM TO RULE...: the score of a round by these rules, as "unit,orders,base,on_time" lines.
count() {
    rm -f "$dir/rules.ini"
    from=$1 to=$2
    shift 2
    printf '%s\n' "$@" >"$dir/rules.ini"
    name="r$(date +%s%N)"
    "$pingyi" round create --id "$name" --from "$from" --to "$to" --kind other --rules "$dir/rules.ini" 2>/dev/null
    "$pingyi" score --round "$name" --format csv 2>/dev/null |
        awk -F, 'NR > 1 && $7 != "*" { print $7 "," $9 "," $11 "," $12 }' | sort
}

# The columns of an expected table in the same form; its last line sums up.
expected() {
    awk -F, -v base="$2" -v on_time="$3" 'NR > 1 && $1 != "*ALL*" { print $1 "," $2 "," $base "," $on_time }' "$1" | sort
}

same() {
    diff "$dir/expected" "$dir/counted" | sed 's/^/# /'
    cmp -s "$dir/expected" "$dir/counted" && [ -s "$dir/counted" ]
}

data=tests/data
load boston311 $data/boston311_2011_07.csv
expected $data/boston311_2011_07.expected_by_department.csv 3 4 >"$dir/expected"
count 2011-07-01 2011-07-31 '[basis]' 'timezone = America/New_York' '[on_time]' 'period = received' 'base = due' >"$dir/counted"
same
verdict "boston by department" $?

sed 's/^unit *=.*/unit = queue/' importers/profiles/boston311.ini >"$dir/queue.ini"
load "$dir/queue.ini" $data/boston311_2011_07.csv
expected $data/boston311_2011_07.expected_by_queue.csv 3 4 >"$dir/expected"
count 2011-07-01 2011-07-31 '[basis]' 'timezone = America/New_York' '[on_time]' 'period = received' 'base = due' >"$dir/counted"
same
verdict "boston by queue" $?

load kansascity311 $data/kansascity311_sample.csv
expected $data/kansascity311_sample.expected_by_work_group.csv 2 4 >"$dir/expected"
count 2020-01-01 2020-02-29 '[basis]' 'timezone = America/Chicago' '[on_time]' 'period = received' 'source = flag' 'base = all' >"$dir/counted"
same
verdict "kansas city, all flagged" $?
expected $data/kansascity311_sample.expected_by_work_group.csv 3 5 >"$dir/expected"
count 2020-01-01 2020-02-29 '[basis]' 'timezone = America/Chicago' '[on_time]' 'period = received' 'source = flag' 'base = closed' >"$dir/counted"
same
verdict "kansas city, resolved" $?

load nyc311 $data/nyc311_sample.csv
expected $data/nyc311_sample.expected_by_agency.csv 3 4 >"$dir/expected"
count 2011-01-01 2011-12-31 '[basis]' 'timezone = America/New_York' '[on_time]' 'period = received' 'base = closed' >"$dir/counted"
same
verdict "new york, closed" $?

#!/bin/sh
# scripts/start as a newcomer runs it, in a data directory of its own, and once more: the second run changes nothing.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh

# Not as part of the make that runs the tests: that one may build another variant.
start() {
    env -u MAKEFLAGS -u BUILD scripts/start --no-serve
}
start >"$work/first" 2>&1
verdict ends_well $? "$(tail -3 "$work/first")"
[ "$(grep -c '县(区)\|市直党群\|市直政府\|驻市中直区直\|公用企业' "$work/first")" -ge 5 ]
verdict prints_the_ranking_of_every_class $?
for round in 2024-04 2024-05 2024-06 2024-Q2; do
    grep -q "bulletin-$round.html" "$work/first"
    verdict says_where_the_bulletin_lies_$round $?
    grep -q '演示数据' "$PINGYI_DATA/bulletin-$round.html" && grep -q '试算' "$PINGYI_DATA/bulletin-$round.html"
    verdict says_that_it_is_a_trial_on_demonstration_data_$round $?
    check verify_$round 0 verify --round $round
done

[ "$(grep -c '一次性密码' "$work/first")" -ge 5 ]
verdict tells_the_one_time_passwords $?

grep -q '电话测评（演示数据' "$work/first" && grep -q 'huawu3 一次性密码' "$work/first"
verdict tells_who_phones_the_demonstration $?
check the_demonstration_is_half_phoned 0 followup show --round phone-2024-06 --format json
holds half_of_its_cases_are_final '.totals | .final * 2 >= .released and .worked > .final and .released > .worked'
holds and_something_waits '.open_ends.unworked > 0 and .open_ends.unfinished > 0'

# The quarter's on-time counts are the sums of its months'.
for round in 2024-04 2024-05 2024-06 2024-Q2; do
    "$pingyi" score --round $round --format csv 2>/dev/null |
        awk -F, -v OFS=, -v round=$round '$1 == "*" { print round, $9, $11, $12, $14, $15 }'
done >"$work/sums"
awk -F, 'NR < 4 { for (i = 2; i <= 6; i++) sum[i] += $i; next }
    { for (i = 2; i <= 6; i++) if ($i == 0 || $i != sum[i]) exit 1 }' "$work/sums"
verdict the_quarter_is_the_sum_of_its_months $? "$(tr '\n' ' ' <"$work/sums")"

cp "$PINGYI_DATA/pingyi.db" "$work/before"
start >"$work/second" 2>&1
verdict runs_again $? "$(tail -3 "$work/second")"
[ "$(grep -c '没有任何变化' "$work/second")" = 3 ]
verdict loads_nothing_twice $?
! grep -q '一次性密码：' "$work/second"
verdict tells_no_password_twice $?
for table in accounts rounds round_steps draws drawn_orders attempts round_scores cases dials; do
    sqlite3 "$work/before" "SELECT * FROM $table" >"$work/rows.before"
    sqlite3 -readonly "$PINGYI_DATA/pingyi.db" "SELECT * FROM $table" >"$work/rows.after"
    same changes_nothing_in_$table "$work/rows.before" "$work/rows.after"
done

sed -i 's/^demonstration =.*/demonstration =/' "$PINGYI_DATA/config.ini"
! start >"$work/third" 2>&1 && grep -q '不是演示用的' "$work/third"
verdict loads_nothing_into_real_data $? "$(tail -2 "$work/third")"
exit $failed

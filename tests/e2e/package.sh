#!/bin/sh
# Cases given to a contractor as an encrypted file, opened where he has no data directory, and their rows back through
# `outcomes import`: under the names of the package, of cases of this round alone, and not after its last day.
set -u
. tests/support/checks.sh

"$pingyi" init >"$work/setup" 2>&1
"$pingyi" units import tests/data/city_units.csv >>"$work/setup" 2>&1
"$pingyi" import --extracted-at 2024-06-03T08:00:00+08:00 tests/data/city_2024_05.csv >>"$work/setup" 2>&1
# The calendar has to reach beyond today, whenever that is.
year=$(date +%Y)
printf 'date,type,name\n%d-01-01,holiday,-\n%d-10-01,holiday,-\n%d-01-01,holiday,-\n%d-10-01,holiday,-\n' \
    "$year" "$year" $((year + 1)) $((year + 1)) >"$work/years.csv"
"$pingyi" calendar import years "$work/years.csv" >>"$work/setup" 2>&1
printf '[calendar]\nlayers = national, years\n[allocation]\nmin_per_unit = 4\n' >"$work/rules.ini"
for round in one two; do
    "$pingyi" round create --id $round --from 2024-05-01 --to 2024-05-31 --kind other --rules "$work/rules.ini" >>"$work/setup" 2>&1
    "$pingyi" draw --round $round --size 200 --exact-seed $round >>"$work/setup" 2>&1
    "$pingyi" followup open --round $round >>"$work/setup" 2>&1
done
check a_round_is_phoned 0 followup show --round one --format json
released=$(jq .totals.released "$work/out")
"$pingyi" user team 外包一组 --kind contractor >>"$work/setup" 2>&1
"$pingyi" user team 本办一组 --kind own >>"$work/setup" 2>&1
echo 'correct horse battery' >"$work/passphrase"
echo 'wrong horse battery' >"$work/wrong"
today=$(TZ=Asia/Shanghai date +%F)
package() {
    name=$1 expected=$2
    shift 2
    check "$name" "$expected" followup package --passphrase-file "$work/passphrase" --until "$today" "$@"
}

# ---- out ----
package to_our_own_team 1 --round one --team 本办一组 --count 5 --to "$work/none.pkg"
says own_is_refused 不是外包班组
check cases_are_not_set_aside_for_it_either 1 followup assign --round one --team 本办一组 --count 5
says own_is_refused_again 不是外包班组
package to_no_team 1 --round one --team 外包二组 --count 5 --to "$work/none.pkg"
check for_a_day_that_is_over 1 followup package --round one --team 外包一组 --count 5 --until 2024-07-01 \
    --to "$work/none.pkg" --passphrase-file "$work/passphrase"
says over_is_said 有效期已过
echo short >"$work/short"
check with_a_short_passphrase 1 followup package --round one --team 外包一组 --count 5 --until "$today" \
    --to "$work/none.pkg" --passphrase-file "$work/short"
[ ! -e "$work/none.pkg" ]
verdict nothing_is_written_then $?
check and_no_case_is_bound 0 followup show --round one --format json
holds all_are_there ".totals.worked == 0 and .totals.released == $released"

package a_package 0 --round one --team 外包一组 --count 20 --to "$work/one.pkg"
[ "$(stat -c %a "$work/one.pkg")" = 600 ]
verdict packages_are_private $?
mark=$(sed -n 's/^mark //p' "$work/one.pkg")
[ ${#mark} = 16 ] && grep -qx "until $today" "$work/one.pkg"
verdict its_head_has_mark_and_day $? "$(head -3 "$work/one.pkg")"
package over_no_other_file 1 --round one --team 外包一组 --count 20 --to "$work/one.pkg"
check its_cases_are_not_offered_here 0 followup show --round one --format json
holds they_are_open_until_they_come_back ".totals.worked == 20 and .totals.final == 0 and .open_ends.unworked == $released and .totals.answered == 0"
holds its_package_is_listed ".packages | length == 1 and .[0].mark == \"$mark\" and .[0].out == 20 and .[0].until == \"$today\""
check it_is_recorded 0 audit list --format csv
says with_its_mark "$mark"

# ---- where the contractor is ----
elsewhere() {
    PINGYI_DATA=$work/nowhere check "$@"
}
elsewhere another_passphrase 1 followup read "$work/one.pkg" --to "$work/cases.csv" --passphrase-file "$work/wrong"
says another_is_refused 口令有误
[ ! -e "$work/cases.csv" ]
verdict nothing_is_told $?
elsewhere it_opens 0 followup read "$work/one.pkg" --to "$work/cases.csv" --passphrase-file "$work/passphrase"
[ ! -e "$work/nowhere" ] && [ "$(stat -c %a "$work/cases.csv")" = 600 ]
verdict without_a_data_directory $?
check=$(echo "$mark" | cut -c 1-6)
[ "$(grep -c "^C[0-9]*-[0-9]*-$check,.*,$mark" "$work/cases.csv")" = $(($(wc -l <"$work/cases.csv") - 1)) ]
verdict every_row_has_a_case_number_and_the_mark $? "$(sed -n 2p "$work/cases.csv")"
[ "$(cut -d , -f 1 "$work/cases.csv" | sed -n 's/^C\([0-9]*\)-.*/\1/p' | sort -u | wc -l)" = 20 ]
verdict of_twenty_cases $?
! grep -q 'LJ2024' "$work/cases.csv"
verdict no_order_number_is_in_it $?
for later in 9999-12-31 2024-07-01; do
    sed "s/^until .*/until $later/" "$work/one.pkg" >"$work/altered.pkg"
    elsewhere its_day_cannot_be_changed_to_$later 1 followup read "$work/altered.pkg" --to "$work/altered.csv" \
        --passphrase-file "$work/passphrase"
    says altered_to_${later}_is_refused 改动
done
elsewhere another_file_is_none 1 followup read "$work/passphrase" --to "$work/altered.csv" --passphrase-file "$work/passphrase"
says none_is_said 不是样本包

# ---- back ----
# fill FILE: most answered, one by a hard refusal.
fill() {
    awk -F, -v OFS=, -v today="$today" 'NR == 1 { print; next }
        { gsub(/\r/, ""); code = NR == 2 ? "2.113" : NR % 5 == 0 ? "2.21" : "1.1"
          $(NF - 7) = today " 00:00:01"; $(NF - 6) = "外包甲"; $(NF - 5) = code
          if (code == "1.1") { $(NF - 4) = "已解决"; $(NF - 3) = "满意" }
          print }' "$1"
}
fill "$work/cases.csv" >"$work/back.csv"
check another_round_has_none_of_them 3 outcomes import --round two "$work/back.csv"
says and_says_of_which 不在本期的外包样本包中
check they_come_back 0 outcomes import --round one --format json "$work/back.csv"
rows=$(($(wc -l <"$work/back.csv") - 1))
holds all_of_them ".[0] | .accepted == $rows and .rejected == 0"
check their_cases_are_final 0 followup show --round one --format json
holds by_what_came_back ".totals.final == 20 and .totals.answered >= 10 and .totals.answered < 20"
holds and_no_longer_out '.packages[0] | .cases == 20 and .out == 0'
holds and_no_longer_open ".open_ends.unworked == $released - 20"
[ "$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'SELECT count(*) FROM do_not_call')" -ge 1 ]
verdict a_hard_refusal_is_called_no_more $?
check the_same_file_again 0 outcomes import --round one --format json "$work/back.csv"
holds changes_nothing '.[0].status == "already_loaded"'
sed 's/^C//' "$work/back.csv" >"$work/bare.csv"
check bare_numbers_are_understood 0 outcomes import --round one --format json "$work/bare.csv"
holds as_the_same '.[0].accepted == 0 and .[0].rejected == 0'

first=$(sed -n '2s/-.*//p' "$work/cases.csv")
other=$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" "SELECT min(id) FROM cases WHERE state = 'queued'")
{
    echo 样本编号,拨打时间,话务员,访问结果
    echo "$first-99-$check,$today 00:00:02,外包甲,2.21"
    echo "$first-1-000000,$today 00:00:02,外包甲,2.21"
    echo "C$other-1-$check,$today 00:00:02,外包甲,2.21"
    echo "C999999-1-$check,$today 00:00:02,外包甲,2.21"
} >"$work/strange.csv"
check what_was_not_given_is_not_taken 3 outcomes import --round one --format json "$work/strange.csv"
holds none_of_it '.[0].rejected == 4 and .[0].accepted == 0'
says by_name "C$other-1-$check"

# ---- after its day ----
package another_package 0 --round one --team 外包一组 --count 5 --to "$work/late.pkg"
elsewhere opens_today 0 followup read "$work/late.pkg" --to "$work/late.csv" --passphrase-file "$work/passphrase"
fill "$work/late.csv" >"$work/late.back.csv"
sqlite3 "$PINGYI_DATA/pingyi.db" "UPDATE packages SET until_day = until_day - 1 WHERE id = (SELECT max(id) FROM packages)"
check rows_of_an_expired_package 3 outcomes import --round one "$work/late.back.csv"
says are_refused_by_name 已过期
check nothing_of_them_is_taken 0 followup show --round one --format json
holds they_stay_open ".open_ends.unworked == $released - 20"
check and_keep_the_round_open 1 round close one
late=$(sed -n 's/^mark //p' "$work/late.pkg")
check no_package_of_another_round 1 followup take-back --round two --package "$late"
check they_are_taken_back 0 followup take-back --round one --package "$late"
says all_of_them '收回 5 个'
check they_are_offered_here_again 0 followup show --round one --format json
holds as_fresh_ones ".totals.worked == 20"
sqlite3 "$PINGYI_DATA/pingyi.db" "UPDATE packages SET until_day = until_day + 1 WHERE id = (SELECT max(id) FROM packages)"
sed 's/00:00:01/00:00:03/' "$work/late.back.csv" >"$work/later.csv"
check what_was_taken_back 3 outcomes import --round one "$work/later.csv"
says is_not_taken_from_a_file 不在本期的外包样本包中
"$pingyi" user team 外包二组 --kind contractor >>"$work/setup" 2>&1
check they_are_nobodys 0 followup assign --round one --team none --count 1000
package somebody_else_gets_all_that_is_left 0 --round one --team 外包二组 --count 100000 --to "$work/rest.pkg"
sed 's/00:00:01/00:00:04/' "$work/late.back.csv" >"$work/latest.csv"
check whoever_had_them_before 3 outcomes import --round one --format json "$work/latest.csv"
holds cannot_answer_for_them '.[0].accepted == 0'
check who_had_them_before_has_none_to_give_back 0 followup take-back --round one --package "$late"
says none_of_theirs '收回 0 个'
check every_package_is_listed 0 followup show --round one
says what_came_back "样本包 $mark：外包一组，20 个样本中 0 个未交回"
says what_was_taken_back "样本包 $late：外包一组，5 个样本中 0 个未交回"
elsewhere theirs_opens 0 followup read "$work/rest.pkg" --to "$work/rest.csv" --passphrase-file "$work/passphrase"
fill "$work/rest.csv" >"$work/rest.back.csv"
check who_has_them_now 0 outcomes import --round one --format json "$work/rest.back.csv"
holds can '.[0].accepted > 5 and .[0].rejected == 0'
check what_came_back_stays 0 followup take-back --round one --package "$mark"
says none_of_it '收回 0 个'
check the_whole_verifies 0 audit verify
exit $failed

#!/bin/sh
# Rounds from the command line: steps, what they print and record, sums of others, and what is kept of a score.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh

make_small_city
check create 0 round create --id 2024-04 --from 2024-04-01 --to 2024-04-30 --rules "$work/rules.ini"
check create_second 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini"
check create_third 0 round create --id 2024-06 --from 2024-06-01 --to 2024-06-30 --rules "$work/rules.ini"
check create_taken 1 round create --id 2024-06 --from 2024-06-01 --to 2024-06-30
check unknown_verb 2 round nothing
check unknown_round 1 round show nothing
says unknown_round_says_so 没有这个评价期

# Sums: each round once, no day twice, the kind from the days.
check sum 0 round create --id 2024-Q2 --of 2024-06,2024-04,2024-05
says sum_is_a_quarter 季度
check sum_of_sums 0 round create --id again --of 2024-Q2,2024-05
check sum_shown 0 round show again --format json
holds sum_has_each_part_once '.parts == ["2024-04", "2024-05", "2024-06"] and .kind == "quarterly" and .accumulated'
check sum_with_a_gap 0 round create --id gap --of 2024-04,2024-06
check gap_shown 0 round show gap --format json
holds sum_with_a_gap_is_no_quarter '.kind == "other" and .from == "2024-04-01" and .to == "2024-06-30"'
check sum_of_kind 0 round create --id named --of 2024-04,2024-05 --kind midyear
check sum_and_days 2 round create --id x --of 2024-04 --from 2024-04-01 --to 2024-04-30
check sum_of_nothing 1 round create --id x --of 2024-04,nothing
check overlapping 0 round create --id late --from 2024-05-20 --to 2024-06-20
check sum_of_overlapping 1 round create --id x --of 2024-04,2024-05,late
says overlap_names_one '"2024-05"'
says overlap_names_the_other '"late"'
check refused_sums_are_not_there 0 round list --format csv
hides refused_sums_left_nothing "x,"
says list_is_csv "2024-Q2,quarterly,2024-04-01,2024-06-30,draft,yes"
check list_json 0 round list --format json
holds list_has_all 'length == 8 and (map(select(.state != "draft")) | length == 0)'
check sum_is_not_frozen 1 round freeze 2024-Q2

# Freezing publishes; what is recorded names who and why.
check freeze 0 round freeze 2024-05 --by 张三
says freeze_prints_entries "40件"
public=$PINGYI_DATA/evidence/2024-05/frame-1/public.txt
for key in listing_sha256 rules_sha256 secret_sha256; do
    hash=$(sed -n "s/.* $key: //p" "$public")
    says "freeze_prints_$key" "$hash"
done
[ "$(sha256sum < "$PINGYI_DATA/evidence/2024-05/frame-1/frame.txt" | cut -c1-64)" = \
    "$(sed -n 's/.* listing_sha256: //p' "$public")" ]
verdict frame_lies_in_the_evidence $? "another hash"
check freeze_twice 1 round freeze 2024-05
check show 0 round show 2024-05
says show_has_state "已冻结（frozen）"
says show_has_who "冻结  张三"
check show_json 0 round show 2024-05 --format json
holds show_json_has_frame '.frame.no == 1 and .frame.entries == 40 and .draw == null and .part_of != []'
check reopen_without_why 2 round reopen 2024-05
check reopen_blank 2 round reopen 2024-05 --why "  "
check reopen_of_two_lines 2 round reopen 2024-05 --why "$(printf 'one\ntwo')"
check reopen_too_long 2 round reopen 2024-05 --why "$(printf '%0500d' 1)"
check nobody 2 round close 2024-05 --by ""
check reopen 0 round reopen 2024-05 --why 更正规则 --by 李四
says reopen_says_state 未冻结
check reopened_shown 0 round show 2024-05 --format json
holds reopening_is_recorded '.steps[-1].why == "更正规则" and .steps[-1].who == "李四" and .state == "draft" and .frame == null'
check reopen_draft 1 round reopen 2024-05 --why x

# A score is kept once its round is closed, a trial never.
kept() {
    sqlite3 "$PINGYI_DATA/pingyi.db" "SELECT count(*) FROM round_scores"
}
check score_open 0 score --round 2024-05 --format csv
[ "$(kept)" = 0 ]
verdict open_round_keeps_nothing $? "$(kept)"
for round in 2024-04 2024-05 2024-06; do
    check "close_$round" 0 round close $round
done
check trial 0 score --round 2024-05 --rules "$work/rules.ini" --format json
holds trial_is_headed '.trial'
says trial_is_said "不保存任何结果"
check trial_table 0 score --round 2024-05 --rules "$work/rules.ini"
[ "$(head -c 6 "$work/out")" = 试算 ]
verdict trial_table_is_headed $? "$(head -1 "$work/out")"
[ "$(kept)" = 0 ]
verdict trial_keeps_nothing $? "$(kept)"
check score 0 score --round 2024-05 --format csv
cp "$work/out" "$work/first.csv"
says score_says_issue "第 1 次"
check score_again 0 score --round 2024-05 --format csv
same score_prints_the_same "$work/out" "$work/first.csv"
says score_again_is_no_issue "相同（第 1 次）"
check scored 0 round show 2024-05 --format json
holds scored_state '.state == "scored" and .score.issue == 1'

# A corrected month issues the sums again, once it is closed again.
check close_sum 0 round close 2024-Q2
check score_sum 0 score --round 2024-Q2 --format csv
cp "$work/out" "$work/sum.csv"
check reopen_part 0 round reopen 2024-05 --why 更正
says reopening_names_the_sums "score --round 2024-Q2"
check reopen_part_to_draft 0 round reopen 2024-05 --why 更正
check score_half_open 0 score --round 2024-Q2 --format csv
says half_open_sum_is_not_kept "结果未留存"
sed 's/^\(S05-01-.*\),2024-05-08 10:00:00,已办结/\1,2024-05-20 10:00:00,已办结/' "$work/orders.csv" > "$work/corrected.csv"
check correct 0 import --extracted-at 2024-07-04 "$work/corrected.csv"
check close_part 0 round close 2024-05
check score_corrected 0 score --round 2024-Q2 --format csv
says corrected_sum_is_issued_again "重新印发并留存（第 2 次）"
! cmp -s "$work/out" "$work/sum.csv"
verdict corrected_sum_differs $? "same figures"
exit $failed

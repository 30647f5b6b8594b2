#!/bin/sh
# The phoning of a round from the command line: begun, looked at, more released, paused, closed. The callers are those of
# the demonstration (tests/demonstration), who work through the engine. What the round scores at last is what its outcomes
# score in another copy of the same draw that has them from a file.
set -u
. tests/support/checks.sh
phone=${pingyi%/pingyi}/tests/demonstration/phone_campaign

"$pingyi" init >"$work/setup" 2>&1
"$pingyi" units import tests/data/city_units.csv >>"$work/setup" 2>&1
"$pingyi" import --extracted-at 2024-06-03T08:00:00+08:00 tests/data/city_2024_05.csv >>"$work/setup" 2>&1
for caller in huawu1 huawu2 huawu3; do
    "$pingyi" user add $caller --role caller >>"$work/setup" 2>&1
done
printf '[allocation]\nmin_per_unit = 4\n[ranking]\nmin_answers = 1\nfew_answers = 2\n' >"$work/rules.ini"
"$pingyi" round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini" >>"$work/setup" 2>&1
check a_round_without_a_draw_is_not_phoned 1 followup open --round 2024-05
says and_is_told_why 还没有抽样
"$pingyi" draw --round 2024-05 --size 200 --exact-seed phoning >"$work/out" 2>>"$work/setup"
verdict a_sample_is_drawn $? "$(tail -2 "$work/setup")"
cp -a "$PINGYI_DATA" "$work/copy"

check nothing_is_shown_before 1 followup show --round 2024-05
says but_why 尚未开始电话测评
check no_round 2 followup open
check no_such_verb 2 followup call

# ---- from the first call to the last ----
"$phone" "$PINGYI_DATA" 2024-05 2024-07-02T09:00:00+08:00 2024-07-02T12:00:00+08:00 40 huawu1 huawu2 huawu3 >"$work/dials"
verdict callers_work_a_morning $? "$(cat "$work/dials")"
check it_cannot_be_begun_twice 1 followup open --round 2024-05
says and_says_so 已经开始
check progress_for_people 0 followup show --round 2024-05
says with_what_is_open 尚未做完
check progress_for_programs 0 followup show --round 2024-05 --format json
holds sums_of_its_units '.totals as $t | [.units[] | .target, .released] | add == $t.target + $t.released'
holds worked_between_final_and_released '[.units[] | .worked >= .final and .released >= .worked and .final >= .answered] | all'
holds what_is_not_final_is_open '.open_ends as $o | .totals.released - .totals.final == $o.unworked + $o.unfinished'
released=$(jq .totals.released "$work/out")
check csv_is_none_of_its_formats 2 followup show --round 2024-05 --format csv

unit=$("$pingyi" draw --round 2024-05 --format csv 2>/dev/null | awk -F, '$5 == "reserve" { print $1; exit }')
check a_reserve_is_released 0 followup release --round 2024-05 --unit "$unit" --count 2 --why 样本不足
check more_is_to_be_phoned 0 followup show --round 2024-05 --format json
holds in_its_unit ".totals.released > $released and .totals.released <= $released + 2"
check another_by_the_draw 0 draw top-up --round 2024-05 --unit "$unit" --count 1 --why 样本不足
[ "$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'SELECT count(*) FROM drawn_orders AS d
    JOIN draw_units AS u ON u.round_id = d.round_id AND u.draw_no = d.draw_no AND u.unit = d.unit
    LEFT JOIN cases AS c ON c.case_no = d.case_no WHERE d.position <= u.released AND c.id IS NULL')" = 0 ]
verdict whatever_is_released_is_phoned $?
check a_release_needs_a_reason 2 followup release --round 2024-05 --unit "$unit" --count 2
check a_release_of_nothing 2 followup release --round 2024-05 --unit "$unit" --count 0 --why 样本不足

check it_pauses 0 followup pause --round 2024-05 --by 王五
check and_shows_it 0 followup show --round 2024-05
says paused 已暂停
before=$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'SELECT count(*) FROM dials')
"$phone" "$PINGYI_DATA" 2024-05 2024-07-02T15:00:00+08:00 2024-07-02T16:00:00+08:00 100 huawu1 >"$work/dials" 2>&1
[ "$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'SELECT count(*) FROM dials')" = "$before" ]
verdict nobody_is_called_meanwhile $? "$(cat "$work/dials")"
check it_goes_on 0 followup resume --round 2024-05

# ---- the vault's key is replaced in the middle of it ----
ask() {
    sqlite3 -readonly "$PINGYI_DATA/pingyi.db" "$1"
}
# all_sealed FILE: everything that lies sealed, as it lies there; and the keys of numbers.
all_sealed() {
    for table in $(ask "SELECT m.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
        WHERE m.type = 'table' AND c.name = 'sealed'"); do
        ask "SELECT '$table ' || hex(sealed) FROM $table WHERE sealed IS NOT NULL"
    done | sort >"$1"
    ask 'SELECT phone_key FROM case_numbers UNION SELECT phone_key FROM dials UNION SELECT phone_key FROM do_not_call' | sort >"$1.keys"
}
check outcomes_before_it 0 followup export --round 2024-05 --to "$work/before.csv"
all_sealed "$work/sealed"
[ "$(cut -d ' ' -f 1 "$work/sealed" | sort -u | grep -cE '^(case_numbers|dials|answers|do_not_call)$')" = 4 ]
verdict calls_have_left_all_there_is_to_seal $? "$(cut -d ' ' -f 1 "$work/sealed" | uniq -c | tr '\n' ' ')"
check the_key_is_replaced 0 vault rotate
all_sealed "$work/sealed_anew"
[ "$(wc -l <"$work/sealed")" = "$(wc -l <"$work/sealed_anew")" ] && [ -z "$(comm -12 "$work/sealed" "$work/sealed_anew")" ]
verdict all_is_sealed_anew $? "$(comm -12 "$work/sealed" "$work/sealed_anew" | cut -d ' ' -f 1 | uniq -c | tr '\n' ' ')"
[ "$(wc -l <"$work/sealed.keys")" = "$(wc -l <"$work/sealed_anew.keys")" ] &&
    [ -z "$(comm -12 "$work/sealed.keys" "$work/sealed_anew.keys")" ]
verdict numbers_are_indexed_anew $?
[ "$(ask 'SELECT count(*) FROM dials AS d JOIN case_numbers AS n ON n.case_id = d.case_id AND n.no = d.number_no
    WHERE n.phone_key <> d.phone_key')" = 0 ]
verdict dials_are_of_their_numbers $?
[ "$(ask "SELECT count(*) FROM dials WHERE code = '2.113' AND phone_key NOT IN (SELECT phone_key FROM do_not_call)")" = 0 ]
verdict who_must_not_be_called_is_known $?
check outcomes_after_it 0 followup export --round 2024-05 --to "$work/after.csv"
same what_was_said_can_be_read "$work/before.csv" "$work/after.csv"

# ---- closing ----
check an_unfinished_round_is_not_closed 1 round close 2024-05
says not_with_cases_unworked 未拨打
says it_names_cases 样本编号
says and_how_it_is_closed 'round close 2024-05 --why'
check it_is_as_it_was 0 round show 2024-05
says still_calling calling
"$phone" "$PINGYI_DATA" 2024-05 2024-07-02T15:00:00+08:00 2024-07-20T20:00:00+08:00 100 huawu1 huawu2 huawu3 >"$work/dials"
verdict callers_work_to_the_end $? "$(cat "$work/dials")"
check all_are_final 0 followup show --round 2024-05 --format json
holds but_for_checks '.open_ends | .unworked == 0 and .unfinished == 0 and .rechecks > 0'
check checks_keep_it_open 1 round close 2024-05
says and_are_named 复核未裁定
check a_reason_is_text 2 round close 2024-05 --why ''

# ---- the same by the service ----
. tests/support/serve.sh
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"' EXIT
serve
sign_in_office bangong
# task NAME STATE JSON: a task of the round, to its end; its row is left in $work/out.
task() {
    id=$(post_json /api/v1/rounds/2024-05/tasks "$3" | jq -r '.task // 0')
    timeout 60 sh -c "until curl -s -H 'Cookie: $cookie' '$url/api/v1/tasks/$id' >'$work/out' &&
        jq -e '.state | IN(\"queued\", \"running\") | not' '$work/out' >'$work/jq'; do :; done"
    : >"$work/messages"
    [ "$(jq -r .state "$work/out")" = "$2" ]
    verdict "$1" $? "$(head -c 300 "$work/out")"
}
task a_page_does_not_close_it_either failed '{"kind": "close"}'
says and_says_why_on_the_page '复核未裁定'
task nor_with_an_empty_reason failed '{"kind": "close", "why": ""}'
task it_closes_with_a_reason done '{"kind": "close", "why": "页面上关闭"}'
kill -TERM "$server"
wait "$server"
server=
check which_is_kept 0 round show 2024-05
says the_reason_given_on_the_page 页面上关闭
check it_is_opened_for_the_rest 0 round reopen 2024-05 --why 接着核对

# ---- the same outcomes by a file ----
check sources_are_listed 0 outcomes list --round 2024-05
says the_service_among_them 本系统
"$pingyi" draw --round 2024-05 --format csv >"$work/draw" 2>"$work/messages"
{
    echo 'order_no,called_at,caller,disposition,comment'
    awk -F, '$5 == "sample" { print $3 ",2024-07-21T10:00:00+08:00,=甲,2.21,\"=HYPERLINK(\"\"x\"\"),y\""; exit }' "$work/draw"
} >"$work/formula.csv"
check a_formula_comes_in 0 outcomes import --round 2024-05 "$work/formula.csv"
check outcomes_are_exported 0 followup export --round 2024-05 --to "$work/outcomes.csv"
[ "$(stat -c %a "$work/outcomes.csv")" = 600 ]
verdict exports_are_private $?
head -1 "$work/outcomes.csv" | grep -qx 'order_no,called_at,caller,disposition,resolved,satisfaction,reason,comment'
verdict in_the_form_of_files $?
grep -qF "\"'=甲\",2.21,,,,\"'=HYPERLINK(\"\"x\"\"),y\"" "$work/outcomes.csv"
verdict formulas_are_disarmed $? "$(grep HYPERLINK "$work/outcomes.csv")"
check they_are_read_back 0 outcomes import --round 2024-05 --format json "$work/outcomes.csv"
holds as_what_they_were '.[0] | .accepted == 0 and .updated == 0 and .rejected == 0 and .unchanged == .rows'
check over_no_other_file 1 followup export --round 2024-05 --to "$work/outcomes.csv"
check it_is_recorded 0 audit list --format csv
says who_exported outcomes.export
data=$PINGYI_DATA
PINGYI_DATA=$work/copy
# The same draw releases the same reserve.
check the_copy_releases_as_much 0 draw top-up --round 2024-05 --unit "$unit" --count 3 --why 样本不足
check the_copy_takes_them_all 0 outcomes import --round 2024-05 --format json "$work/outcomes.csv"
holds as_new_ones '.[0] | .rejected == 0 and .accepted == .rows and .updated == 0'
check the_copy_is_closed 0 round close 2024-05
"$pingyi" score --round 2024-05 --format csv >"$work/score.copy" 2>"$work/messages"
PINGYI_DATA=$data
check it_is_closed_with_a_reason 0 round close 2024-05 --why 复核另行安排
says and_says_what_is_left 复核未裁定
check the_reason_is_a_step 0 round show 2024-05
says with_its_text 复核另行安排
"$pingyi" score --round 2024-05 --format csv >"$work/score" 2>"$work/messages"
[ "$(wc -l <"$work/score")" -gt 30 ]
verdict it_scores $? "$(head -3 "$work/messages")"
same answers_of_the_service_and_of_a_file_score_alike "$work/score" "$work/score.copy"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $1 == "*" { exit !($at["complete"] > 50) }' "$work/score"
verdict and_rest_on_answers $? "$(head -1 "$work/score")"
check a_closed_round_shows_that_it_ended 0 followup show --round 2024-05
says ended 已结束
check nothing_is_done_to_it_any_more 1 followup pause --round 2024-05

# ---- opening again ----
check it_is_opened_again 0 round reopen 2024-05 --why 补做复核
check its_phoning_goes_on 0 followup show --round 2024-05
says again 进行中
check a_draw_is_abandoned 0 round reopen 2024-05 --why 重新抽样
[ "$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'SELECT count(*) FROM campaigns WHERE ended_utc IS NULL')" = 0 ]
verdict and_its_phoning_ends $?

# ---- two rounds at once ----
for round in one two; do
    "$pingyi" round create --id $round --kind other --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini" >>"$work/setup" 2>&1
    "$pingyi" draw --round $round --size 200 --exact-seed $round >>"$work/setup" 2>&1
    "$phone" "$PINGYI_DATA" $round 2024-07-23T09:00:00+08:00 2024-07-23T11:00:00+08:00 100 huawu1 huawu2 huawu3 >"$work/dials" 2>&1
    verdict callers_work_on_round_$round $? "$(cat "$work/dials")"
done
check callers_are_given_cases_of_both 0 followup show --round two --format json
holds also_of_the_second '.totals.worked > 5'
check the_whole_verifies 0 audit verify
exit $failed

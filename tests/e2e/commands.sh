#!/bin/sh
# The verbs of the command line, on the sample city: what they print, what they refuse, what they exit with.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh

check help 0 help
says help_lists_every_verb calendar
check help_command 0 help units
check help_unknown 2 help nothing
check unknown_verb 2 nothing
check without_data 1 imports

check init 0 init
check init_twice 1 init
check units_import 0 units import tests/data/city_units.csv
check units_list 0 units list --format csv
same units_list_prints_what_was_imported "$work/out" tests/data/city_units.csv
check units_import_again 0 units import tests/data/city_units.csv
check units_list_json 0 units --format json
printf 'code,name,class,parent,valid_from,valid_to,aliases\nX1,a,b,,,,\nX2,c,d,NONE,,,\n' > "$work/bad.csv"
check units_unknown_parent 1 units import "$work/bad.csv"
says units_names_the_line "line 3"
check units_after_failure 0 units list --format csv
same units_all_or_nothing "$work/out" tests/data/city_units.csv
printf 'code,name\nX1,a\n' > "$work/bad.csv"
check units_bad_header 1 units import "$work/bad.csv"

check inspect 0 inspect tests/data/city_2024_05.csv
says inspect_maps_columns "工单编号 → order_no"
check inspect_json 0 inspect --format json tests/data/boston311_2011_07.csv --profile boston311
says inspect_json_names_header '"header_line": 1'
printf '<html><body>no table</body></html>\n' > "$work/page.csv"
check inspect_refuses_a_page 1 inspect "$work/page.csv"
says inspect_says_what_a_page_is "这是网页"
check inspect_empty 0 inspect /dev/null
: > "$work/nothing"
same inspect_empty_says_nothing "$work/out" "$work/nothing"
: > "$work/empty.csv"
check inspect_empty_file 0 inspect "$work/empty.csv"
same inspect_empty_file_says_nothing "$work/out" "$work/nothing"

check import_missing 1 import "$work/missing.csv"
check import 3 import --extracted-at 2024-06-03 tests/data/city_2024_05.csv
check import_second 3 import --extracted-at 2024-07-03 tests/data/city_2024_06.csv
check import_each_for_itself 3 import "$work/missing.csv" tests/data/city_2024_06.csv
says import_goes_on_after_a_missing_file "批次 2"
check imports_json 0 imports --format json
says imports_has_unmatched '"岚江市文化新闻出版广电局": 2'
says imports_has_header_line '"header_line": 1'
says imports_has_undone '"undone_at": null'
check imports_show 0 imports show 1
says imports_show_names_the_reason "缺少承办单位"
hides imports_show_masks_names "陈某"
check imports_show_unknown 1 imports show 99
says unknown_import_says_so 没有这个导入批次

check round_create 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31
check orders_show 0 orders show LJ202405000419
says orders_show_masks_number "154****3695"
hides orders_show_hides_number "15400003695"
says orders_show_explains "评价期：2024-05"
says orders_show_has_history "改为：2024-06-10T09:13:27+08:00"
check orders_show_json 0 orders show LJ202405000419 --format json
says orders_show_json_masks '"citizen_phone": "154****3695"'
check orders_show_unknown 1 orders show NOTHING
check orders_list 0 orders list --round 2024-05 --unmatched
says orders_list_names_unit "岚江市文化新闻出版广电局"
check orders_list_without_round 2 orders list

check units_unmatched 0 units unmatched
says units_unmatched_names "岚江市文化新闻出版广电局"
check units_alias 0 units alias 岚江市文化新闻出版广电局 D01
check units_unmatched_after_alias 0 units unmatched
hides units_alias_acts_on_what_is_loaded "岚江市文化新闻出版广电局"
check units_alias_unknown_code 1 units alias 某局 NONE
check units_merge 0 units merge D02 D01
check units_merge_back 1 units merge D01 D02

check undo_blocked 1 imports undo 1
check undo 0 imports undo 2
check undo_twice 1 imports undo 2
check undo_first 0 imports undo 1

check rules 0 rules
cp "$work/out" "$work/rules.ini"
check rules_check 0 rules check "$work/rules.ini"
same rules_are_canonical "$work/out" "$work/rules.ini"
check rules_of_round 0 rules show --round 2024-05
printf '[on_time]\nperiods = due\n' > "$work/bad.ini"
check rules_refused 1 rules check "$work/bad.ini"
says rules_refused_by_name periods

check calendar 0 calendar show --year 2024
says calendar_names_days "2024-01-01,holiday"
check calendar_layers 0 calendar show --year 2024 --layers national,guangxi
printf 'date,type,name\n2024-09-06,holiday,台风\n' > "$work/typhoon.csv"
check calendar_import 0 calendar import typhoon "$work/typhoon.csv"
check calendar_imported 0 calendar show --year 2024 --layers national,typhoon
says calendar_shows_imported "2024-09-06,holiday,台风"
check calendar_unknown_layer 1 calendar show --layers nothing
check calendar_builtin_name 2 calendar import national "$work/typhoon.csv"
printf 'date,type,name\n2024-13-06,holiday,x\n' > "$work/bad.csv"
check calendar_bad_file 1 calendar import bad "$work/bad.csv"

# Names in dumps and arguments are a stranger's: no control character of theirs reaches the terminal.
escape=$(printf '\033')
check control_in_argument 1 orders show "A${escape}[31mB"
hides control_is_replaced_in_messages "$escape"
printf '工单编号,受理时间,承办单位,%s[31m怪\nE1,2024-05-06 09:00:00,%s]0;x\n' "$escape" "$escape" > "$work/control.csv"
script -qec "'$pingyi' inspect '$work/control.csv'" /dev/null < /dev/null > "$work/out" 2>&1
says control_inspected_on_a_terminal "[31m怪"
hides control_is_replaced_on_a_terminal "$escape["

# A closed stream is not the next file that is opened; a report that cannot be written does not unload what is loaded.
# ended NAME STATUS EXPECTED
ended() {
    if [ "$2" -eq "$3" ]; then echo "ok commands__$1"; else
        echo "not ok commands__$1 exits $2, not $3"
        failed=1
    fi
}
printf '工单编号,受理时间,承办单位\nC1,,甲局\nC2,2024-05-06 09:00:00,甲局\n' > "$work/closed.csv"
"$pingyi" import --rejects "$work/closed_rejects.csv" "$work/closed.csv" >&- 2> "$work/messages"
ended closed_output_fails $? 1
[ "$(wc -l < "$work/closed_rejects.csv")" -eq 2 ]
ended closed_output_leaves_the_rejects_alone $? 0
grep -q '可能已导入' "$work/messages"
ended closed_output_is_said $? 0
check closed_output_loaded 0 orders show C2
"$pingyi" import - <&- > "$work/out" 2> "$work/messages"
ended closed_input_fails $? 1
grep -q 'could not read "-"' "$work/messages"
ended closed_input_is_said $? 0
"$pingyi" inspect "$work/closed.csv" > /dev/full 2> "$work/messages"
ended full_output_fails $? 1
strange=$(printf '\377.csv')
cp "$work/closed.csv" "$work/$strange"
check file_name_that_is_no_text 0 import --format json "$work/$strange"
jq -e '.[0].status == "already_loaded"' "$work/out" > "$work/jq"
ended file_name_that_is_no_text_is_reported $? 0
exit $failed

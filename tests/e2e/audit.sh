#!/bin/sh
# The audit log: every command that changes something or shows something personal leaves its entry, others none; the chain is
# verified, exported, checked against a bulletin; nothing personal and nothing secret is in it.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh

store() {
    sqlite3 "$PINGYI_DATA/pingyi.db" "$@"
}
last_id() {
    store "SELECT ifnull(max(id), 0) FROM audit_log"
}
# leaves NAME ENTRIES EXIT ARGUMENT...: the command exits so and appends these entries, `action|target|outcome`, a line each.
leaves() {
    leaving=$1 entries=$2 expected=$3
    shift 3
    from=$(last_id)
    check "$leaving" "$expected" "$@"
    found=$(store "SELECT action, target, outcome FROM audit_log WHERE id > $from ORDER BY id")
    [ "$found" = "$entries" ]
    verdict "${leaving}_is_recorded" $? "\"$found\", not \"$entries\""
}
# details NAME JSON: of the last entry.
details() {
    found=$(store "SELECT details FROM audit_log ORDER BY id DESC LIMIT 1")
    [ "$found" = "$2" ]
    verdict "$1" $? "$found"
}
who=cli:$(id -un)

"$pingyi" init >"$work/out" 2>&1
sed -n 's/.* 一次性密码：//p' "$work/out" >"$work/secrets"
[ "$(store "SELECT who, role, address, action, target, outcome FROM audit_log")" = "$who|cli||account.add|admin|done" ]
verdict init_is_recorded $? "$(store 'SELECT * FROM audit_log')"

# Loading.
leaves units_import 'units.change||done' 0 units import tests/data/city_units.csv
leaves import 'import.load|1|done' 3 import --extracted-at 2024-06-03 tests/data/city_2024_05.csv
leaves import_again '' 0 import --extracted-at 2024-06-03 tests/data/city_2024_05.csv
leaves import_dry_run '' 3 import --dry-run --extracted-at 2024-07-03 tests/data/city_2024_06.csv
printf '<html></html>\n' >"$work/page.csv"
page=$(sha256sum "$work/page.csv" | cut -d' ' -f1)
leaves import_refused "import.load|$page|refused" 1 import "$work/page.csv"
leaves import_missing '' 1 import "$work/missing.csv"
leaves import_with_rejects 'import.load|2|done' 3 import --extracted-at 2024-07-03 --rejects "$work/rejects.csv" tests/data/city_2024_06.csv
[ "$(store "SELECT details ->> 'rejects_files' FROM audit_log ORDER BY id DESC LIMIT 1")" = 1 ]
verdict rejects_are_told $?
leaves undo 'import.undo|2|done' 0 imports undo 2
leaves undo_twice '' 1 imports undo 2
code=$(sed -n 's/^\([^,]*\),.*/\1/; 3p' tests/data/city_units.csv)
leaves alias "units.change|$code|done" 0 units alias 某某办公室 "$code"
printf 'date,type,name\n2024-01-01,holiday,x\n2024-10-01,holiday,x\n' >"$work/calendar.csv"
leaves calendar 'calendar.import|local|done' 0 calendar import local "$work/calendar.csv"

# Looks: recorded before they are shown; lists and help are none.
leaves order_show 'order.show|LJ202405000419|done' 0 orders show LJ202405000419
leaves order_show_unknown '' 1 orders show LJ0
leaves imports_show '' 0 imports show 1
leaves units_list '' 0 units list

# A round.
cat >"$work/rules.ini" <<'END'
[basis]
document = 测试1号
[on_time]
period = received
[exclude]
legal = request
[frame]
max_age = none
[allocation]
min_per_unit = 0
END
leaves round_create 'round.step|2024-05|done' 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini"
details create_is_told '{"step":"create"}'
printf 'proof\n' >"$work/proof.pdf"
leaves exclusion_request 'exclusion.request|2024-05|done' 0 exclusions request --round 2024-05 --order LJ202405000419 \
    --reason legal --basis 第十二条 --file "$work/proof.pdf" --by 经办甲
leaves exclusion_by_the_same 'exclusion.decide|1|refused' 1 exclusions approve 1 --why 属实 --by 经办甲
details permission_is_told '{"why":"permission"}'
leaves exclusion_approve 'exclusion.decide|1|done' 0 exclusions approve 1 --why 属实 --by 审批乙
leaves exclusions_list '' 0 exclusions list
leaves freeze 'round.step|2024-05|done' 0 round freeze 2024-05 --by 经办甲
details freeze_is_told '{"step":"freeze","by":"经办甲"}'
leaves undo_of_frozen 'import.undo|1|refused' 1 imports undo 1
leaves plan '' 0 draw --round 2024-05 --plan --size 60
leaves draw 'draw.make|2024-05|done' 0 draw --round 2024-05 --size 60 --seed 123
leaves draw_list '' 0 draw --round 2024-05 --format csv
cp "$work/out" "$work/drawn.csv"
drawn=$(awk -F, '$5 == "sample" { print $3; exit }' "$work/drawn.csv")
leaves draw_open 'draw.open|2024-05|done' 0 draw open --round 2024-05 --order "$drawn" --why 复核
unit=$(awk -F, '$5 == "reserve" { print $1; exit }' "$work/drawn.csv")
leaves top_up 'draw.make|2024-05|done' 0 draw top-up --round 2024-05 --unit "$unit" --count 1 --why 不足
awk -F, -v OFS=, 'NR == 1 { print "order_no", "called_at", "caller", "disposition", "resolved", "satisfaction", "comment"; next }
    $5 == "sample" { print $3, "2024-07-05 10:00:00", "话务员丁", "1.1", "yes", 5, "电话13800138000" }
    END { print "NOBODY,2024-07-05 10:00:00,话务员丁,1.1,yes,5," }' "$work/drawn.csv" >"$work/outcomes.csv"
leaves outcomes 'outcomes.import|2024-05|done' 3 outcomes import --round 2024-05 "$work/outcomes.csv"
leaves outcomes_again '' 0 outcomes import --round 2024-05 "$work/outcomes.csv"
leaves outcomes_of_a_page 'outcomes.import|2024-05|refused' 1 outcomes import --round 2024-05 "$work/page.csv"
leaves outcomes_rejects 'rejects.export|1|done' 0 outcomes rejects 1
leaves outcomes_callers 'callers.show|2024-05|done' 0 outcomes callers --round 2024-05
leaves outcomes_rates '' 0 outcomes rates --round 2024-05
leaves close 'round.step|2024-05|done' 0 round close 2024-05
leaves score 'score.keep|2024-05|done' 3 score --round 2024-05
leaves score_again '' 3 score --round 2024-05
head=$(store "SELECT id || ':' || lower(hex(substr(mac, 1, 8))) FROM audit_log ORDER BY id DESC LIMIT 1")
leaves report 'report.make|2024-05|done' 3 report --round 2024-05 --to "$work/bulletin.html"
details report_is_told '{"format":"html"}'
grep -qF "审计日志第 ${head%:*} 条 ${head#*:}" "$work/bulletin.html"
verdict bulletin_prints_the_head $? "$head"
check report_json 3 report --round 2024-05 --to "$work/bulletin.json"
jq -e --argjson id "$((${head%:*} + 1))" '.audit.id == $id and (.audit.mac | length) == 16' "$work/bulletin.json" >"$work/jq"
verdict bulletin_json_has_the_head $?
leaves verify '' 0 verify --round 2024-05 --head "$head"
says verify_names_the_chain "审计日志至第"
says verify_names_the_head "$head"
leaves reopen 'round.step|2024-05|done' 0 round reopen 2024-05 --why 更正

# The log itself.
check list 0 audit list --action round. --limit 2 --format json
holds newest_first '[.[].details] == ["{\"step\":\"reopen\",\"by\":\"'"$(id -un)"'\"}", "{\"step\":\"close\",\"by\":\"'"$(id -un)"'\"}"]'
check list_of_the_past 0 audit list --to 2020-01-01 --format csv
[ "$(wc -l <"$work/out")" = 1 ]
verdict the_past_is_empty $?
check list_bad_day 2 audit list --from soon
check verify_chain 0 audit verify --head "$head"
says verify_chain_says_how_many "共 $(last_id) 条"
check verify_wrong_head 1 audit verify --head "${head%:*}:0000000000000000"
leaves export 'audit.export||done' 0 audit export "$work/audit.csv"
[ "$(stat -c %a "$work/audit.csv")" = 600 ] && [ "$(wc -l <"$work/audit.csv")" = "$(($(last_id) + 1))" ]
verdict export_is_whole_and_private $?
check export_replaces_nothing 1 audit export "$work/audit.csv"
check verify_export 0 verify "$work/audit.csv"
says export_has_no_gap "缺 0 处"
sed 5d "$work/audit.csv" >"$work/gap.csv"
check verify_gap 0 verify "$work/gap.csv"
says gap_is_counted "缺 1 处"
sed '4s/done/failed/' "$work/audit.csv" >"$work/changed.csv"
check verify_changed 1 verify "$work/changed.csv"
says changed_is_named "entry 3"
awk 'NR == 2 { second = $0; next } { print } NR == 3 { print second }' "$work/audit.csv" >"$work/swapped.csv"
check verify_swapped 1 verify "$work/swapped.csv"
today=$(date -u +%F)
leaves cut_of_today 'audit.cut||refused' 1 audit cut --before "$today" --to "$work/cut.csv"
leaves cut_of_nothing '' 0 audit cut --before 2024-01-01 --to "$work/cut.csv"
[ ! -e "$work/cut.csv" ]
verdict no_cut_no_file $?

# Nothing personal, nothing secret.
store "SELECT who || ' ' || target || ' ' || details FROM audit_log" >"$work/log"
iconv -f GB18030 -t UTF-8 tests/data/city_2024_05.csv >"$work/dump.csv"
column() {
    awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i } NR > 1 && length($at) > 3 { print $at }' \
        "$work/dump.csv" | sort -u
}
column 联系电话 | grep -E '^[0-9]{11}$' >"$work/numbers"
column 诉求人姓名 >"$work/names"
[ -s "$work/numbers" ] && [ -s "$work/names" ] && [ -s "$work/secrets" ]
verdict there_is_something_to_look_for $? "$(wc -l "$work/numbers" "$work/names" "$work/secrets")"
for kind in numbers names secrets; do
    ! grep -qFf "$work/$kind" "$work/log"
    verdict "no_$kind" $? "$(grep -Ff "$work/$kind" "$work/log" | head -3)"
done
! grep -qE '13800138000|话务员丁|更正|属实|某某办公室' "$work/log"
verdict no_free_text $?

# Tampering is found; the end that is gone, by what was printed.
check still_holds 0 audit verify
store "UPDATE audit_log SET who = 'nobody' WHERE id = 3"
check changed_row 1 audit verify
says changed_row_is_named "entry 3"
check verify_round_fails 1 verify --round 2024-05
says verify_round_names_it "不符  审计日志"
store "UPDATE audit_log SET who = '$who' WHERE id = 3"
check mended 0 audit verify
store "DELETE FROM audit_log WHERE id >= ${head%:*}"
check end_is_gone 0 audit verify
check end_is_missed 1 audit verify --head "$head"
exit $failed

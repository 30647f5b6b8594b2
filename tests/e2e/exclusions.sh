#!/bin/sh
# Exclusions by request: two people, before the freezing, by reasons that the rules take; what each effect leaves.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh

make_small_city
echo 证明 > "$work/证明.pdf"
hash=$(sha256sum "$work/证明.pdf" | cut -c1-64)
check round 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini"
# request NAME EXIT ORDER [ARGUMENT...]
request() {
    name=$1 expected=$2 order=$3
    shift 3
    check "$name" "$expected" exclusions request --round 2024-05 --order "$order" --basis 办法第八条 \
        --file "$work/证明.pdf" --by 甲 "$@"
}
request all 0 S05-01-01 --reason legal
request on_time 0 S05-01-02 --reason beyond_duty --effect on_time
request draw 0 S05-01-03 --reason uncooperative --effect draw
request to_be_refused 0 S05-02-01 --reason legal
request twice 1 S05-01-01 --reason legal
request by_rule 1 S05-01-04 --reason void
says by_rule_is_named '"void"'
request no_reason 1 S05-01-04 --reason weather
request other_period 1 S04-01-01 --reason legal
request no_order 1 NOTHING --reason legal
request no_effect 2 S05-01-04 --reason legal --effect score
request known_by_its_number_alone 1 "  S05-01-01 " --reason legal
says known_by_its_number_alone_is_the_same_order 已存在
request blank_person 2 S05-01-04 --reason legal --by " "
check without_basis 2 exclusions request --round 2024-05 --order S05-01-04 --reason legal --file "$work/证明.pdf"
check without_paper 1 exclusions request --round 2024-05 --order S05-01-04 --reason legal --basis x --file "$work/none.pdf"
check listed 0 exclusions list --round 2024-05 --format json
holds refused_requests_left_nothing 'length == 4 and all(.state == "requested")'
holds file_is_named_and_hashed ".[0].file == \"证明.pdf\" and .[0].file_sha256 == \"$hash\""

check before 0 score --round 2024-05 --format csv
awk -F, '$7 == "U1" { print $9, $10, $11 }' "$work/out" > "$work/before"
[ "$(cat "$work/before")" = "20 0 20" ]
verdict a_request_alone_changes_nothing $? "$(cat "$work/before")"

check same_person 1 exclusions approve 1 --why 属实 --by 甲
says same_person_says_so 请由他人审批
says same_person_is_told "审批人须与申请人不同"
check same_person_with_spaces 1 exclusions approve 1 --why 属实 --by "　甲 "
says same_person_with_spaces_is_told "审批人须与申请人不同"
check without_why 2 exclusions approve 1 --by 乙
check approve 0 exclusions approve 1 --why 属实 --by 乙
check approve_second 0 exclusions approve 2 --why 属实 --by 乙
check approve_third 0 exclusions approve 3 --why 属实 --by 乙
check refuse 0 exclusions refuse 4 --why 材料不全 --by 乙
check decide_twice 1 exclusions refuse 1 --why 反悔 --by 丙
check decide_nothing 1 exclusions approve 99 --why 属实 --by 乙
check ask_again 0 exclusions request --round 2024-05 --order S05-02-01 --reason legal --basis 第九条 --file "$work/证明.pdf" --by 甲
check list_csv 0 exclusions list --format csv
says csv_has_decision "4,2024-05,S05-02-01,legal,all,refused,办法第八条,证明.pdf,$hash,甲,"
says csv_has_why ",材料不全"
check list_table 0 exclusions list
says table_is_worded "涉法涉诉"

check after 0 score --round 2024-05 --format csv
awk -F, '$7 == "U1" { print $9, $10, $11 }' "$work/out" > "$work/after"
[ "$(cat "$work/after")" = "20 2 18" ]
verdict approved_leave_the_rate $? "$(cat "$work/after")"
# Orders that come back under other ids keep what was approved.
check taken_back 0 imports undo 1
check loaded_again 0 import --extracted-at 2024-07-03 "$work/orders.csv"
check after_that 0 score --round 2024-05 --format csv
awk -F, '$7 == "U1" { print $9, $10, $11 }' "$work/out" > "$work/again"
same approved_stay_approved "$work/again" "$work/after"
check freeze 0 round freeze 2024-05
frame=$PINGYI_DATA/evidence/2024-05/frame-1/frame.txt
grep -E '^U1' "$frame" | cut -f2 | head -2 | tr '\n' ' ' > "$work/first"
[ "$(cat "$work/first")" = "S05-01-02 S05-01-04 " ]
verdict approved_leave_the_frame $? "$(cat "$work/first")"
grep -q 'S05-02-01' "$frame"
verdict refused_stay_in_the_frame $? "not there"

request frozen 1 S05-01-05 --reason legal
says frozen_has_a_hint "round reopen 2024-05"
check decide_when_frozen 1 exclusions approve 5 --why 属实 --by 乙
says decide_when_frozen_has_a_hint "round reopen 2024-05"
check orders_show 0 orders show " S05-01-01　"
says orders_show_explains "经批准剔除"
exit $failed

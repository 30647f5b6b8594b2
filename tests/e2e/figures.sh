#!/bin/sh
# Results are counted once for all who look, and anew after whatever changes them: by the command line beside the
# service, or by the service itself.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh
. tests/support/serve.sh
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"' EXIT

# new_token SCOPES: printed.
new_token() {
    "$pingyi" token add "for-$1" --scope "$1" --days 1 2>&1 | sed -n 's/.*）：\([0-9a-f]*\)$/\1/p'
}
# get PATH FILE
get() {
    curl -s -o "$2" -H "Authorization: Bearer $reader" "$url$1"
}
counted() {
    get /metrics "$work/metrics"
    sed -n 's/^pingyi_counts_total //p' "$work/metrics"
}
score=/api/v1/rounds/2024-05/score
# look NAME: three times. The figures are those of the command; $new is what was counted for the first, 2 for the round and
# its text, and the others count nothing.
look() {
    "$pingyi" score --round 2024-05 --format json >"$work/score" 2>"$work/messages"
    before=$(counted)
    get $score "$work/first"
    first=$(counted)
    get $score "$work/second"
    get $score "$work/third"
    last=$(counted)
    new=$((first - before))
    cmp -s "$work/score" "$work/first" && cmp -s "$work/first" "$work/second" && cmp -s "$work/first" "$work/third"
    verdict "$1_is_what_the_command_counts" $? "$(diff "$work/score" "$work/first" | head -4)"
    [ "$last" = "$first" ]
    verdict "$1_is_counted_once" $? "$before, $first, $last"
}
# fresh NAME: the look counts anew; moved NAME: and the figures are others than before.
fresh() {
    look "$1"
    [ $new -eq 2 ]
    verdict "$1_makes_the_next_look_new" $? "counted $new"
}
moved() {
    cp "$work/first" "$work/earlier"
    fresh "$1"
    ! cmp -s "$work/earlier" "$work/first"
    verdict "$1_changes_figures" $? "they are the same"
}
same_quality() {
    curl -s -o "$2" -H "Cookie: $cookie" "$url/api/v1/quality"
    before=$(counted)
    curl -s -o "$work/again" -H "Cookie: $cookie" "$url/api/v1/quality"
    [ "$(counted)" = "$before" ] && cmp -s "$2" "$work/again"
    verdict "$1" $? "$(diff "$2" "$work/again" | head -4)"
}

make_small_city
check create 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini"
reader=$(new_token read,metrics)
importer=$(new_token import)
serve
sign_in_office office

fresh beginning
same_quality quality_is_counted_once "$work/quality"
check token 0 token add other --scope read --days 1
check looked_up 0 orders show S05-01-01
look other_writes
[ $new -eq 0 ]
verdict other_writes_count_nothing $? "counted $new"

sed -n '1p;s/^S05\(.*\)2024-05-08 10/T05\12024-05-13 10/p' "$work/orders.csv" >"$work/more.csv"
check import 0 import --extracted-at 2024-07-03 "$work/more.csv"
moved import
same_quality quality_has_the_import "$work/quality.new"
! cmp -s "$work/quality" "$work/quality.new"
verdict import_changes_quality $? "it is the same"
check undo 0 imports undo 2
moved undo
curl -s -o "$work/out" -H "Authorization: Bearer $importer" -H 'Idempotency-Key: a' --data-binary "@$work/more.csv" \
    "$url/api/v1/imports?name=more.csv&extracted_at=2024-07-03"
task=$(jq .task "$work/out")
while curl -s -o "$work/out" -H "Authorization: Bearer $importer" "$url/api/v1/tasks/$task" &&
    jq -e '.state == "queued" or .state == "running"' "$work/out" >"$work/jq"; do :; done
holds task '.state == "done"'
moved task

printf 'code,name,class,parent,valid_from,valid_to,aliases\nU1,第一局,市直,,,,\n' >"$work/renamed.csv"
check units 0 units import "$work/renamed.csv"
moved units
check alias 0 units alias 一局 U1
fresh alias
echo 证明 >"$work/paper"
check request 0 exclusions request --round 2024-05 --order S05-01-01 --reason legal --basis 第八条 --file "$work/paper" --by 甲
fresh request
check approve 0 exclusions approve 1 --why 属实 --by 乙
moved approve
printf 'date,type,name\n2024-05-09,holiday,台风\n' >"$work/calendar.csv"
check calendar 0 calendar import typhoon "$work/calendar.csv"
fresh calendar
check freeze 0 round freeze 2024-05
fresh freeze
check draw 0 draw --round 2024-05 --size 20 --exact-seed x
moved draw
"$pingyi" draw --round 2024-05 --format csv 2>"$work/messages" | outcomes_of_draw >"$work/outcomes.csv"
check outcomes 0 outcomes import --round 2024-05 "$work/outcomes.csv"
moved outcomes
check close 0 round close 2024-05
fresh close # `score` makes its issue before that
check reopen 0 round reopen 2024-05 --why 复核
fresh reopen

# As many as there are leaders, all at once, after one more change.
check alias_once_more 0 units alias 首局 U1
before=$(counted)
pids=
for i in $(seq 40); do
    get $score "$work/herd.$i" &
    pids="$pids $!"
done
wait $pids
[ "$(counted)" = $((before + 2)) ]
verdict many_at_once_are_counted_once $? "$before, $(counted)"
differing=$(for i in $(seq 40); do cmp "$work/herd.1" "$work/herd.$i" 2>&1; done)
[ -z "$differing" ] && jq -e .rows "$work/herd.1" >"$work/jq"
verdict many_at_once_see_the_same $? "$differing"

kill -TERM "$server"
wait "$server"
verdict stops $? "$(tail -2 "$work/served")"
server=
exit $failed

#!/bin/sh
# A whole campaign through the pages: three callers in Chromium (tests/browser/campaign.mjs) work $CASES cases (200) at
# once, one of them a contractor's. A browser is killed in mid-call, the service too; two callers vanish. Nothing is lost,
# nothing is there twice, and the bulletin is that of the same outcomes loaded from a file. Then numbers, names, words and
# the draw's secret are looked for in the data directory, in all messages, in what pages showed between the calls, and in
# every answer and event that people of all roles were given (tests/browser/visitors.mjs): each of them must be found
# where it belongs, and nowhere else.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh
. tests/support/browser.sh
. tests/support/any_hour.sh
cases=${CASES:-200}
export TMPDIR="$work" # what a killed browser leaves behind goes with it
echo "$cases" > "$work/cases"
echo 0 > "$work/ahead"

browser_packages
cc -O1 -std=c11 -D_GNU_SOURCE -shared -fPIC -o "$work/shim.so" tests/load/clock_shim.c || exit 1

# ---- a city: each seventh person gives two numbers ----
awk -v cases="$cases" 'BEGIN {
    print "工单编号,受理时间,承办单位,承办单位编码,处理期限,办结时间,工单状态,市民称呼,联系电话,工单标题,市民诉求"
    for (i = 1; i <= cases; i++)
        printf "P%05d,2024-06-06 09:00:00,第%d局,U%d,2024-06-10 18:00:00,2024-06-08 10:00:00,已办结,欧阳查%d某,138001%05d%s,灯不亮%d,密文诉求%d灯坏了\n",
            i, i % 4 + 1, i % 4 + 1, i, i, (i % 7 == 0 ? sprintf(";138002%05d", i) : ""), i, i }' > "$work/orders.csv"
"$pingyi" init > "$work/out" 2>&1
printf 'code,name,class,parent,valid_from,valid_to,aliases\nU1,第1局,市直,,,,\nU2,第2局,市直,,,,\nU3,第3局,市直,,,,\nU4,第4局,市直,,,,\n' \
    > "$work/units.csv"
"$pingyi" units import "$work/units.csv" > "$work/out" 2>&1
check city 0 import --extracted-at 2024-07-03 "$work/orders.csv"
at_any_hour "$work/rules.ini"
printf 'attempts = 1\n' >> "$work/rules.ini"
check round 0 round create --id 2024-06 --from 2024-06-01 --to 2024-06-30 --rules "$work/rules.ini"
check freeze 0 round freeze 2024-06
check draw 0 draw --round 2024-06 --size "$cases" --seed 73914420
cp -r "$PINGYI_DATA" "$work/twin"
check open 0 followup open --round 2024-06

# ---- the service, started again whenever it dies ----
"$pingyi" user team 外包 --kind contractor > "$work/out" 2>&1
check assign 0 followup assign --round 2024-06 --team 外包 --count $((cases / 3))
browser_account chen.call add chen.call --role caller --display 陈话务
browser_account li.call add li.call --role caller --display 李话务
browser_account zhao.call add zhao.call --role caller --team 外包 --display 赵外包
browser_account ma.call add ma.call --role caller --display 马话务
browser_account luo.call add luo.call --role caller --team 外包 --display 罗外包
browser_account qian.super add qian.super --role supervisor --team 外包 --display 钱外包
browser_account sun.super add sun.super --role supervisor --display 孙督导
browser_account zhou.check add zhou.check --role checker --display 周复核
browser_account wu.unit add wu.unit --role liaison --unit U1 --display 吴联络
browser_account zheng.audit add zheng.audit --role auditor --display 郑审计
browser_account wang.sec add wang.sec --role security --display 王安全
browser_account feng.office add feng.office --role office --display 冯评价
browser_account he.county add he.county --role office --unit U1 --display 何县区
browser_account yu.admin add yu.admin --role administrator --display 于管理
browser_account tang.call add tang.call --role caller --display 唐话务
browser_account xu.call add xu.call --role caller --team 外包 --display 许外包
browser_accounts_end
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" SHIM_CLOCK="$work/ahead"
: > "$work/served"
: > "$work/serving"
keep_serving() {
    port=0
    while [ -e "$work/serving" ]; do
        LD_PRELOAD="$work/shim.so" "$pingyi" serve --listen 127.0.0.1:$port >> "$work/serve.out" 2>> "$work/served" &
        echo $! > "$work/server.pid"
        tail -n +1 -f --pid=$! "$work/served" 2> /dev/null | grep -m1 '正在监听' > "$work/line"
        port=$(sed -n 's/.*127\.0\.0\.1:\([1-9][0-9]*\).*/\1/p' "$work/line")
        : > "$work/listening"
        wait $! 2> /dev/null
        echo $? > "$work/status"
    done
}
keep_serving &
keeper=$!
trap 'rm -f "$work/serving"; kill "$(cat "$work/server.pid")" 2> /dev/null; wait; rm -rf "$work"' EXIT
while [ ! -e "$work/listening" ]; do :; done
port=$(sed -n 's/.*127\.0\.0\.1:\([1-9][0-9]*\).*/\1/p' "$work/line")

node --no-warnings tests/browser/campaign.mjs "https://127.0.0.1:$port" "$work/accounts.json" "$work" || failed=1

rm -f "$work/serving"
kill -TERM "$(cat "$work/server.pid")"
wait $keeper
verdict serve_stops_in_order "$(cat "$work/status")" "exit status $(cat "$work/status"): $(tail -3 "$work/served")"

# ---- nothing lost, nothing twice ----
ask() {
    sqlite3 -readonly "$PINGYI_DATA/pingyi.db" "$1"
}
rows=$(($(wc -l < "$work/journal.csv") - 1))
[ "$(ask "SELECT count(*) FROM dials WHERE code <> ''")" -eq "$rows" ]
verdict each_dial_is_there $? "$(ask "SELECT count(*) FROM dials WHERE code <> ''") of $rows"
[ "$(ask "SELECT count(*) FROM dials WHERE code = '' AND ended_utc IS NOT NULL")" -eq 1 ]
verdict one_dial_was_left $? "$(ask "SELECT count(*) FROM dials WHERE code = ''")"
[ "$(ask "SELECT count(*) FROM dials a JOIN dials b ON a.phone_key = b.phone_key AND a.id < b.id WHERE b.started_utc < a.ended_utc")" -eq 0 ]
verdict no_number_twice_at_once $?
[ "$(ask "SELECT count(*) FROM cases WHERE state <> 'final'")" -eq 1 ]
verdict one_case_is_open $? "$(ask "SELECT state, count(*) FROM cases GROUP BY 1" | tr '\n' ' ')"
[ "$(ask "SELECT count(*) FROM audit_log WHERE action = 'number.show'")" -ge "$rows" ]
verdict each_look_at_a_number_is_in_the_log $?

# ---- closing, and the score beside that of the file ----
check close_names_what_is_open 1 round close 2024-06
says close_says_how_many 1
check close 0 round close 2024-06 --why 一件未完成
check score 0 score --round 2024-06 --format csv
cp "$work/out" "$work/score.csv"
cp "$work/messages" "$work/said/closing.txt"
check seed_is_opened_afterwards 0 draw open --round 2024-06 --seed --why 审计
secret=$(cut -d'|' -f2 "$work/out")

# ---- what was told to whom ----
# somewhere NAME PATTERN FILE...: one of the files holds it; nowhere: none does.
somewhere() {
    grep -raqE -e "$2" "$3"
    verdict "$1" $? "not in $3"
}
nowhere() {
    name=$1 pattern=$2
    shift 2
    found=$(grep -raoEcH -e "$pattern" "$@" | grep -v ':0$')
    [ -z "$found" ]
    verdict "$name" $? "$(echo "$found" | head -5 | tr '\n' ' ') $(grep -raohE -e ".{60}($pattern).{20}" "$@" | head -2)"
}
said=$work/said shown=$work/shown
logs="$work/served $work/serve.out $said $PINGYI_DATA"
numbers='138 ?00[12]0 ?[0-9]{4}' names='欧阳查[0-9]' words='密文诉求|盲人原话' units='"U[1-4]"|第[1-4]局' orders='P[09]0[0-9]{3}'
contractors="$said/qian.super.txt $said/xu.call.txt"
check words_go_to_the_office 0 followup export --round 2024-06 --to "$work/export.csv"
somewhere numbers_are_shown_in_calls "$numbers" "$shown"
somewhere names_are_shown_in_calls "$names" "$shown"
somewhere words_are_shown_in_calls 密文诉求 "$shown"
somewhere words_are_exported 盲人原话 "$work/export.csv"
somewhere units_are_told_to_the_office "$units" "$said/sun.super.txt"
somewhere orders_are_told_to_the_office "$orders" "$said/sun.super.txt"
[ ${#secret} -ge 32 ]
verdict the_secret_is_known $? "\"$secret\""
nowhere no_number_is_told "$numbers" $logs
nowhere no_name_is_told "$names" $logs
nowhere no_words_but_to_who_works_on_it "$words" "$work/served" "$PINGYI_DATA" $contractors "$said/wu.unit.txt" \
    "$said/zheng.audit.txt" "$said/wang.sec.txt" "$said/zhou.check.txt" "$said/he.county.txt" "$said/yu.admin.txt" "$said/tang.call.txt"
nowhere no_secret_before_closing "$secret" $logs
nowhere no_unit_to_a_contractor "$units" $contractors
nowhere no_order_number_to_contractors "$orders" $contractors "$said/zhao.call.html" "$said/luo.call.html"

export PINGYI_DATA="$work/twin" LD_PRELOAD="$work/shim.so"
check same_outcomes_from_a_file 0 outcomes import --round 2024-06 "$work/journal.csv"
check close_of_the_file 0 round close 2024-06
check score_of_the_file 0 score --round 2024-06 --format csv
same score_is_that_of_the_file "$work/out" "$work/score.csv"
exit $failed

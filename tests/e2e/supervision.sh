#!/bin/sh
# The supervisors' pages in Chromium: a small round is phoned by invented callers, another is drawn and begun on the page;
# tests/browser/supervision.mjs is office, supervisor and a contractor's supervisor. Pictures go to build/screenshots.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/phoned_city.sh

for month in 05 06; do
    "$pingyi" round create --id 2024-$month --from 2024-$month-01 --to 2024-$month-30 --rules "$work/rules.ini" > "$work/out" 2>&1
    check draw_$month 0 draw --round 2024-$month --size 24 --exact-seed supervision
done
check team 0 user team 外包一组 --kind contractor --until "$(($(date +%Y) + 1))-12-31"

browser_account li.office add li.office --role office --display 李评价
browser_account qin.super add qin.super --role supervisor --display 覃督导
browser_account wai.super add wai.super --role supervisor --display 外包督导 --team 外包一组
browser_account zhang.call add zhang.call --role caller --display 张话务
browser_account wei.call add wei.call --role caller --display 韦话务
browser_accounts_end
"${pingyi%/*}/tests/demonstration/phone_campaign" "$PINGYI_DATA" 2024-06 now-7200 now-60 60 zhang.call wei.call > "$work/out" 2>&1
verdict phoned $? "$(head -3 "$work/out")"
browser_serve
node tests/browser/supervision.mjs "$base" "$work/accounts.json" || failed=1
browser_stop
exit $failed

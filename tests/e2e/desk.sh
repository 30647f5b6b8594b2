#!/bin/sh
# The caller's desk in Chromium, in practice and against the service: a small round is drawn and phoned at whatever hour
# this runs, and tests/browser/desk.mjs is the caller. Pictures go to build/screenshots.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh
. tests/support/browser.sh
. tests/support/any_hour.sh

browser_packages
awk -F, -v OFS=, '
    NR == 1 { print $0, "市民称呼", "联系电话", "工单标题", "市民诉求"; next }
    { print $0, "王" NR "明", sprintf("138001%05d", NR), "路灯损坏" NR, "反映路灯损坏，请尽快维修，联系电话13800138000。" }' \
    "$work/orders.csv" > "$work/with_people.csv"
mv "$work/with_people.csv" "$work/orders.csv"
make_small_city
at_any_hour "$work/rules.ini"
sed -i 's/^phone *=.*/phone = 0771-12345/' "$PINGYI_DATA/config.ini"
"$pingyi" round create --id 2024-06 --from 2024-06-01 --to 2024-06-30 --rules "$work/rules.ini" > "$work/out" 2>&1
check draw 0 draw --round 2024-06 --size 20 --exact-seed desk
check open 0 followup open --round 2024-06

browser_account zhang.call add zhang.call --role caller --display 张话务
browser_accounts_end
browser_serve
node tests/browser/desk.mjs "$base" "$work/accounts.json" || failed=1
browser_stop
exit $failed

#!/bin/sh
# Attendance, re-checks and lists of calls in Chromium: a small round is drawn and phoned at whatever hour this runs, and
# tests/browser/attend.mjs is the caller, the checker, the supervisor and the office. Pictures go to build/screenshots.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/phoned_city.sh

"$pingyi" round create --id 2024-06 --from 2024-06-01 --to 2024-06-30 --rules "$work/rules.ini" > "$work/out" 2>&1
check draw 0 draw --round 2024-06 --size 20 --exact-seed desk
check open 0 followup open --round 2024-06
check team 0 user team 惠民调查 --kind contractor
check assign 0 followup assign --round 2024-06 --team 惠民调查 --count 5

check packing_team 0 user team 慧访公司 --kind contractor
echo 'correct horse battery' > "$work/passphrase"
check package 0 followup package --round 2024-06 --team 慧访公司 --count 3 --until "$(TZ=Asia/Shanghai date +%F)" \
    --to "$work/cases.pkg" --passphrase-file "$work/passphrase"

browser_account zhang.call add zhang.call --role caller --display 张话务
browser_account qin.check add qin.check --role checker --display 覃复核
browser_account wu.super add wu.super --role supervisor --display 吴督导
browser_account li.office add li.office --role office --display 李评价
browser_accounts_end
browser_serve
node tests/browser/attend.mjs "$base" "$work/accounts.json" "$work" || failed=1
browser_stop
exit $failed

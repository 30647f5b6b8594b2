#!/bin/sh
# The caller's desk in Chromium, in practice and against the service: a small round is drawn and phoned at whatever hour
# this runs, and tests/browser/desk.mjs is the caller. Pictures go to build/screenshots.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/phoned_city.sh

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

#!/bin/sh
# The pages of the service in Chromium: accounts are made by `user add`, a small city is loaded, drawn and scored, and
# tests/browser/run.mjs drives the rest. Pictures of every page go to build/screenshots.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh
. tests/support/browser.sh

browser_packages
make_small_city
"$pingyi" round create --id 2024-06 --from 2024-06-01 --to 2024-06-30 --rules "$work/rules.ini" > "$work/out" 2>&1
check draw 0 draw --round 2024-06 --size 20 --exact-seed pages
"$pingyi" draw --round 2024-06 --format csv 2> "$work/messages" | outcomes_of_draw > "$work/outcomes.csv"
check outcomes 0 outcomes import --round 2024-06 "$work/outcomes.csv"
check close 0 round close 2024-06
check score 0 score --round 2024-06

browser_account admin reset admin
browser_account li.office add li.office --role office --display 李评价
browser_account sun.audit add sun.audit --role auditor --display 孙审计
browser_account zhou.sec add zhou.sec --role security --display 周安全
browser_account wu.locked add wu.locked --role office --display 吴锁定
browser_accounts_end

browser_serve
node tests/browser/run.mjs "$base" "$work/accounts.json" "$work" || failed=1
browser_stop
exit $failed

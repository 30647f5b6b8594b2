#!/bin/sh
# The pages of the service in Chromium: accounts are made by `user add`, a small city is loaded, drawn and scored, and
# tests/browser/run.mjs drives the rest. Pictures of every page go to build/screenshots.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh

# What npm brings, by the lock file; nothing of it is committed.
npm_place=build/browser-npm
if [ ! -e "$npm_place/installed" ] || [ tests/browser/package-lock.json -nt "$npm_place/installed" ]; then
    mkdir -p "$npm_place"
    cp tests/browser/package.json tests/browser/package-lock.json "$npm_place"
    (cd "$npm_place" && npm ci --ignore-scripts --no-audit --no-fund --silent && touch installed)
    verdict packages_install $? "npm ci fails"
fi

make_small_city
sed -n 's/.*一次性密码[^：:]*[：:] *\([^ ]*\).*/\1/p' "$work/out" > "$work/first"
"$pingyi" round create --id 2024-06 --from 2024-06-01 --to 2024-06-30 --rules "$work/rules.ini" > "$work/out" 2>&1
check draw 0 draw --round 2024-06 --size 20 --exact-seed pages
"$pingyi" draw --round 2024-06 --format csv 2> "$work/messages" | outcomes_of_draw > "$work/outcomes.csv"
check outcomes 0 outcomes import --round 2024-06 "$work/outcomes.csv"
check close 0 round close 2024-06
check score 0 score --round 2024-06

exit $failed

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
"$pingyi" round create --id 2024-06 --from 2024-06-01 --to 2024-06-30 --rules "$work/rules.ini" > "$work/out" 2>&1
check draw 0 draw --round 2024-06 --size 20 --exact-seed pages
"$pingyi" draw --round 2024-06 --format csv 2> "$work/messages" | outcomes_of_draw > "$work/outcomes.csv"
check outcomes 0 outcomes import --round 2024-06 "$work/outcomes.csv"
check close 0 round close 2024-06
check score 0 score --round 2024-06

# The one-time password that `user ARGUMENT...` prints, as a member of accounts.json.
account() {
    name=$1
    shift
    password=$("$pingyi" user "$@" 2>> "$work/messages" | sed -n 's/.*一次性密码：//p')
    [ -n "$password" ]
    verdict "account_$name" $? "no password: $(tail -1 "$work/messages")"
    printf '%s"%s": "%s"' "$separator" "$name" "$password" >> "$work/accounts.json"
    separator=', '
}
separator='{'
account admin reset admin
account li.office add li.office --role office --display 李评价
account sun.audit add sun.audit --role auditor --display 孙审计
account zhou.sec add zhou.sec --role security --display 周安全
account wu.locked add wu.locked --role office --display 吴锁定
printf '}\n' >> "$work/accounts.json"

: > "$work/served" # there before anybody reads it
"$pingyi" serve --listen 127.0.0.1:0 > "$work/serve.out" 2>> "$work/served" &
server=$!
trap 'kill $server 2> /dev/null; wait $server 2> /dev/null; rm -rf "$work"' EXIT
tail -n +1 -f --pid=$server "$work/served" 2> /dev/null | grep -m1 '正在监听' > "$work/line"
port=$(sed -n 's/.*127\.0\.0\.1:\([1-9][0-9]*\).*/\1/p' "$work/line")
[ -n "$port" ]
verdict serve_says_where_it_listens $? "$(head -3 "$work/served")"

node tests/browser/run.mjs "https://127.0.0.1:$port" "$work/accounts.json" "$work" || failed=1

kill -TERM $server
wait $server
verdict serve_stops_in_order $? "exit status $?: $(tail -3 "$work/served")"
exit $failed

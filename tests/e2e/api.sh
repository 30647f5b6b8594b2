#!/bin/sh
# Other systems beside the command line: a token imports a dump and reads results, which are what the commands print.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh

server=
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"' EXIT

# token SCOPES: a new token is left in $token.
token() {
    "$pingyi" token add "for-$1" --scope "$1" --days 1 >"$work/out" 2>"$work/messages"
    token=$(sed -n 's/.*）：\([0-9a-f]*\)$/\1/p' "$work/out")
}
# ask NAME STATUS CURL-ARGUMENT...: by the token; the body is left in $work/out.
ask() {
    name=$1 expected=$2
    shift 2
    status=$(curl -s -o "$work/out" -w '%{http_code}' -H "Authorization: Bearer $token" "$@")
    : >"$work/messages"
    [ "$status" = "$expected" ]
    verdict "$name" $? "answers $status, not $expected: $(head -c 300 "$work/out")"
}
# await NAME: the task that the last answer names, until it has ended.
await() {
    task=$(jq .task "$work/out")
    asked=0
    while
        curl -s -o "$work/out" -H "Authorization: Bearer $token" "$url/api/v1/tasks/$task"
        asked=$((asked + 1))
        [ $asked -lt 100000 ] && jq -e '.state == "queued" or .state == "running"' "$work/out" >"$work/jq"
    do :; done
    holds "$1" '.state == "done"'
}

make_small_city
check create 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini"
token read
reader=$token
token import
importer=$token

: >"$work/served" # there before anybody reads it
"$pingyi" serve --plain --listen 127.0.0.1:0 >"$work/served.out" 2>>"$work/served" &
server=$!
tail -n +1 -f --pid=$server "$work/served" 2>/dev/null | grep -m1 '正在监听' >"$work/line"
url=$(sed -n 's/.*\(http:\/\/[^ ]*\).*/\1/p' "$work/line")

ask description_is_there 200 "$url/api/v1/openapi.json"
holds description_is_openapi '.openapi == "3.1.0" and (.paths | length > 30)'

# What the command prints, byte for byte.
token=$reader
"$pingyi" score --round 2024-05 --format json >"$work/score.json" 2>"$work/messages"
ask score 200 "$url/api/v1/rounds/2024-05/score"
same score_is_what_the_command_prints "$work/score.json" "$work/out"
"$pingyi" round show 2024-05 --format json 2>"$work/messages" | jq -S . >"$work/shown.json"
ask round 200 "$url/api/v1/rounds/2024-05"
jq -S . "$work/out" >"$work/answered.json"
same round_is_what_the_command_shows "$work/shown.json" "$work/answered.json"
ask reader_does_not_import 403 -H 'Idempotency-Key: a' --data-binary "@$work/orders.csv" "$url/api/v1/imports?name=a.csv"

# The same file once more, then another one; the same key twice is one import.
token=$importer
ask import_again 202 -H 'Idempotency-Key: b' --data-binary "@$work/orders.csv" "$url/api/v1/imports?name=again.csv"
await import_again_is_done
says import_again_changes_nothing 该文件已导入
sed 's/^S/T/' "$work/orders.csv" >"$work/more.csv"
ask import 202 -H 'Idempotency-Key: c' --data-binary "@$work/more.csv" "$url/api/v1/imports?name=more.csv&extracted_at=2024-07-03"
cp "$work/out" "$work/first"
ask import_with_the_same_key 202 -H 'Idempotency-Key: c' --data-binary "@$work/more.csv" "$url/api/v1/imports?name=more.csv&extracted_at=2024-07-03"
same one_key_is_one_import "$work/first" "$work/out"
await import_is_done
ask same_key_for_another_file 409 -H 'Idempotency-Key: c' --data-binary "@$work/orders.csv" "$url/api/v1/imports?name=more.csv&extracted_at=2024-07-03"
check imports 0 imports --format json
holds import_is_there_once 'map(select(.file == "more.csv")) | length == 1'
ask importer_does_not_read 403 "$url/api/v1/rounds/2024-05/score"
[ -z "$(ls "$PINGYI_DATA/uploads" "$PINGYI_DATA/spool" | grep -v ':$')" ]
verdict no_upload_is_left $? "$(ls -R "$PINGYI_DATA/uploads" "$PINGYI_DATA/spool")"

kill -TERM "$server"
wait "$server"
verdict stops $? "$(tail -2 "$work/served")"
server=
exit $failed

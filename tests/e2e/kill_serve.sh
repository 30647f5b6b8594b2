#!/bin/sh
# kill -9 of the service at random moments while many clients write: what was acknowledged is there, and after the others
# were repeated with the same keys, each write is there once. $KILLS kills (20), in turn.
set -u
. tests/support/checks.sh
. tests/support/serve.sh
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"' EXIT
kills=${KILLS:-20}

cc -O1 -std=c11 -D_GNU_SOURCE -o "$work/post_remarks" tests/load/post_remarks.c || exit 1
"$pingyi" init >/dev/null 2>&1 || exit 1
check round_is_made 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31
serve
sign_in_office li
jq -e .recovery_codes "$work/session" >/dev/null
verdict office_signs_in $? "$(cat "$work/session")"

# post COUNT PREFIX: as many connections as a busy office has.
post() {
    "$work/post_remarks" "$port" "$cookie" "$csrf" /api/v1/rounds/2024-05/remarks 64 "$1" "$2" \
        "$work/acknowledged" "$work/open" 2>>"$work/client"
}
# listed FILE: what it has and the database has not, or has more than once.
missing() {
    sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'SELECT text FROM round_remarks ORDER BY text' |
        LC_ALL=C sort >"$work/stored"
    LC_ALL=C uniq -d "$work/stored"
    LC_ALL=C sort -u "$1" | LC_ALL=C comm -23 - "$work/stored"
}

: >"$work/acknowledged"
lost=0 twice=0 survived=0
for kill in $(seq "$kills"); do
    : >"$work/open"
    post 1000000 "k$kill" &
    client=$!
    sleep "$(awk -v seed="$kill" 'BEGIN { srand(seed); printf "%.3f", 0.02 + rand() * 0.4 }')"
    kill -9 "$server"
    wait "$server" 2>/dev/null
    wait "$client"
    [ $? -eq 3 ] || survived=$((survived + 1))
    missing "$work/acknowledged" >"$work/lost"
    lost=$((lost + $(wc -l <"$work/lost")))
    serve
    mv "$work/open" "$work/repeated"
    : >"$work/open"
    post 0 - <"$work/repeated" || survived=$((survived + 1))
    missing "$work/acknowledged" >"$work/lost"
    twice=$((twice + $(wc -l <"$work/lost")))
done
[ "$survived" -eq 0 ]
verdict clients_ended_as_they_should $? "$survived did not; $(head -c 300 "$work/client")"
[ "$(wc -l <"$work/acknowledged")" -gt "$((kills * 10))" ]
verdict writes_were_acknowledged $? "$(wc -l <"$work/acknowledged") of them"
[ "$lost" -eq 0 ]
verdict acknowledged_is_stored $? "$lost writes"
[ "$twice" -eq 0 ]
verdict repeated_is_stored_once $? "$twice writes"
[ "$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'SELECT count(*) FROM round_remarks')" -eq \
    "$(LC_ALL=C sort -u "$work/acknowledged" | wc -l)" ]
verdict nothing_else_is_stored $?
kill -TERM "$server"
wait "$server"
verdict stops $?
server=
[ "$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'PRAGMA integrity_check')" = ok ]
verdict database_is_sound $?
check audit_chain_holds 0 audit verify
exit $failed

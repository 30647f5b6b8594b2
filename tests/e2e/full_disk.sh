#!/bin/sh
# A disk that is full for a while, and one whose syncs take long, under a service that is written to: 503 meanwhile, nothing
# acknowledged that is not stored, and it goes on without a restart once there is room.
set -u
. tests/support/checks.sh
. tests/support/serve.sh
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"' EXIT

cc -O1 -std=c11 -D_GNU_SOURCE -o "$work/post_remarks" tests/load/post_remarks.c || exit 1
cc -O1 -std=c11 -D_GNU_SOURCE -shared -fPIC -o "$work/shim.so" tests/load/disk_shim.c || exit 1
"$pingyi" init >/dev/null 2>&1 || exit 1
check round_is_made 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" # sanitizers like to be loaded first
export SHIM_FULL="$work/full" SHIM_SLOW_MS=4 LD_PRELOAD="$work/shim.so"
serve
unset LD_PRELOAD
sign_in_office li
jq -e .recovery_codes "$work/session" >/dev/null
verdict office_signs_in $? "$(cat "$work/session")"

# post COUNT PREFIX
post() {
    "$work/post_remarks" "$port" "$cookie" "$csrf" /api/v1/rounds/2024-05/remarks 32 "$1" "$2" \
        "$work/acknowledged" "$work/open" 2>>"$work/client"
}
# status KEY: of one more remark.
status() {
    curl -s -o "$work/out" -D "$work/head" -w '%{http_code}' -H "Cookie: $cookie" -H "X-CSRF-Token: $csrf" \
        -H "Idempotency-Key: $1" -H 'Content-Type: application/json' -d "{\"text\":\"$1\"}" \
        "$url/api/v1/rounds/2024-05/remarks"
}
# upload KEY: the status of a file that is brought.
upload() {
    head -c 300000 /dev/zero | tr '\0' 'x' |
        curl -s -o "$work/out" -D "$work/head" -w '%{http_code}' -H "Cookie: $cookie" -H "X-CSRF-Token: $csrf" \
            -H "Idempotency-Key: $1" --data-binary @- "$url/api/v1/imports?name=$1.csv"
}
stored() {
    sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'SELECT text FROM round_remarks' | LC_ALL=C sort
}

: >"$work/acknowledged"
post 500 before
verdict slow_syncs_are_no_fault $? "$(head -c 300 "$work/client")"
post 6000 during &
client=$!
touch "$work/full"
[ "$(status alone)" = 503 ]
verdict full_is_503 $? "$(head -1 "$work/head")"
grep -qi '^retry-after: [0-9]' "$work/head"
verdict full_says_when_to_come_again $?
[ "$(curl -s -o /dev/null -w '%{http_code}' -H "Cookie: $cookie" "$url/api/v1/rounds/2024-05/remarks")" = 200 ]
verdict reading_goes_on $?
[ "$(upload file)" = 503 ]
verdict full_takes_no_file $? "$(head -c 300 "$work/head" "$work/out")"
grep -qi '^retry-after: [0-9]' "$work/head" && [ -z "$(ls "$PINGYI_DATA/spool")" ]
verdict what_came_of_the_file_is_gone $? "$(ls "$PINGYI_DATA/spool")"
[ "$(status alone)" = 503 ]
verdict full_stays_503 $? "$(head -1 "$work/head")"
stored >"$work/stored"
! grep -qx alone "$work/stored"
verdict refused_is_not_stored $?
rm "$work/full"
[ "$(status alone)" = 201 ]
verdict room_is_enough $? "$(head -1 "$work/head")"
[ "$(upload file)" = 202 ]
verdict room_is_enough_for_the_file $? "$(head -c 300 "$work/head" "$work/out")"
wait "$client"
verdict the_refused_are_taken_in_the_end $? "$(head -c 300 "$work/client")"
[ "$(wc -l <"$work/acknowledged")" -eq 6500 ]
verdict each_is_acknowledged_once $? "$(wc -l <"$work/acknowledged")"
kill -TERM "$server"
wait "$server"
verdict stops $?
server=
stored >"$work/stored"
[ -z "$(LC_ALL=C uniq -d "$work/stored")" ]
verdict nothing_is_stored_twice $?
[ -z "$(LC_ALL=C sort "$work/acknowledged" | LC_ALL=C comm -23 - "$work/stored")" ]
verdict acknowledged_is_stored $?
[ "$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'PRAGMA integrity_check')" = ok ]
verdict database_is_sound $?
check audit_chain_holds 0 audit verify
exit $failed

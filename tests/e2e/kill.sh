#!/bin/sh
# kill -9 at random moments of an import, a re-import and an undo: afterwards all of a file is there, or nothing of it,
# the database is sound, and the same command run again gives what it always gives. $KILLS kills (20), in turn.
set -u
cd "$(dirname "$0")/../.."
pingyi=${PINGYI:-build/release/pingyi}
kills=${KILLS:-20}
rows=${KILL_ROWS:-40000}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PINGYI_DATA="$dir/data"

# What stands in the store, sealed bytes (random nonces) and clock times left out.
digest() {
    sqlite3 -readonly "$PINGYI_DATA/pingyi.db" "
        SELECT id, order_no, import_id, category_id, region_id, repeat_of, phone_key FROM orders ORDER BY id;
        SELECT * FROM handlings ORDER BY id;
        SELECT * FROM person_orders ORDER BY 1, 2;
        SELECT id, changed_by, order_no FROM order_versions ORDER BY 1, 2;
        SELECT * FROM handling_versions ORDER BY 1, 2;
        SELECT * FROM sightings ORDER BY 1, 2;
        SELECT * FROM record_flags ORDER BY 1, 2;
        SELECT count(*) FROM pending_orders; SELECT count(*) FROM pending_handlings;
        SELECT id, state, row_count, accepted, updated, unchanged, rejected FROM imports WHERE state <> 'undone';
    " | sha256sum
}

# The import that died is cleared by whoever opens the store to write.
settle() {
    "$pingyi" imports undo 999999 >/dev/null 2>&1
    [ "$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'PRAGMA integrity_check')" = ok ]
}

load() {
    "$pingyi" import --extracted-at "$1" "$2" >/dev/null 2>&1
    [ $? -ne 1 ]
}

# Run a command and kill it after a random share of the time it takes (in ms); true if it was still running.
killed() {
    delay=$(awk -v seed="$1" -v most="$2" 'BEGIN { srand(seed); printf "%.3f", rand() * most / 1000 }')
    shift 2
    "$@" >/dev/null 2>&1 &
    child=$!
    sleep "$delay"
    kill -9 "$child" 2>/dev/null
    wait "$child" 2>/dev/null
    [ $? -eq 137 ]
}

millis() {
    date +%s%3N
}

cc -O1 -std=c11 -D_GNU_SOURCE -o "$dir/generate" tests/data/generate_city.c || exit 1
"$dir/generate" --bench-rows "$rows" >"$dir/first.csv"
sed 's/已办结/办理中/' "$dir/first.csv" >"$dir/second.csv"

# The keys must stay the same, for blind indexes depend on them.
"$pingyi" init >/dev/null 2>&1 || exit 1
cp -a "$PINGYI_DATA" "$dir/empty"
start_anew() {
    rm -rf "$PINGYI_DATA"
    cp -a "$dir/empty" "$PINGYI_DATA"
}
empty=$(digest)
began=$(millis)
load 2024-06-03 "$dir/first.csv" || exit 1
first_ms=$(($(millis) - began))
first=$(digest)
began=$(millis)
load 2024-07-03 "$dir/second.csv" || exit 1
second_ms=$(($(millis) - began))
second=$(digest)
began=$(millis)
"$pingyi" imports undo 2 >/dev/null 2>&1 || exit 1
undo_ms=$(($(millis) - began))
if [ "$(digest)" = "$first" ]; then echo "ok undo gives back what stood before"; else echo "not ok undo gives back what stood before"; fi
start_anew

hits=0
broken=0
state=empty
i=0
while [ "$i" -lt "$kills" ]; do
    i=$((i + 1))
    case $state in
    empty)
        before=$empty after=$first
        killed "$i" "$first_ms" "$pingyi" import --extracted-at 2024-06-03 "$dir/first.csv" && hits=$((hits + 1))
        ;;
    first)
        before=$first after=$second
        killed "$i" "$second_ms" "$pingyi" import --extracted-at 2024-07-03 "$dir/second.csv" && hits=$((hits + 1))
        ;;
    second)
        before=$second after=$first
        killed "$i" "$undo_ms" "$pingyi" imports undo 2 && hits=$((hits + 1))
        ;;
    esac
    settle || { echo "# kill $i in state $state: the database is damaged"; broken=$((broken + 1)); }
    now=$(digest)
    if [ "$now" != "$before" ] && [ "$now" != "$after" ]; then
        echo "# kill $i in state $state: neither all nor nothing"
        broken=$((broken + 1))
    fi
    # On to the next state every few kills, by running the command to its end.
    if [ $((i % 3)) -eq 0 ]; then
        case $state in
        empty)
            load 2024-06-03 "$dir/first.csv"
            [ "$(digest)" = "$first" ] || { echo "# after kill $i the import gives something else"; broken=$((broken + 1)); }
            state=first
            ;;
        first)
            load 2024-07-03 "$dir/second.csv"
            [ "$(digest)" = "$second" ] || { echo "# after kill $i the re-import gives something else"; broken=$((broken + 1)); }
            state=second
            ;;
        second)
            start_anew
            state=empty
            ;;
        esac
    fi
done
echo "# $hits of $kills kills hit a running command"
if [ "$broken" -eq 0 ]; then echo "ok $kills kills left all of a file or nothing"; else echo "not ok $kills kills left all of a file or nothing"; fi
if [ "$hits" -gt 0 ]; then echo "ok kills hit running commands"; else echo "not ok kills hit running commands"; fi

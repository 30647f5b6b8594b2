#!/bin/sh
# kill -9 at random moments of a freezing, a draw, a loading of outcomes and a closing: afterwards the round is where it was, or a step
# further; the same command run again ends the step; and what was drawn, answered and scored is what it always is.
# $KILLS kills (20), in turn.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
kills=${KILLS:-20}

# What stands in the store, leaving aside what chance and the clock give.
digest() {
    sqlite3 -readonly "$PINGYI_DATA/pingyi.db" "
        SELECT name, state FROM rounds;
        SELECT step FROM round_steps ORDER BY id;
        SELECT id, judgement FROM round_facts ORDER BY id;
        SELECT no, entries, hex(listing_sha256) FROM frames;
        SELECT unit, order_no FROM frame_entries ORDER BY 1, 2;
        SELECT count(*) FROM frame_pending;
        SELECT no, kind, seed, abandoned_utc IS NULL FROM draws;
        SELECT unit, position, order_no, hex(ticket), case_no FROM drawn_orders ORDER BY 1, 2;
        SELECT drawn_id, called_at, no, code, resolved, satisfaction FROM attempts ORDER BY 1, 2, 3;
        SELECT csv FROM round_scores;
    " | sha256sum
}
millis() {
    date +%s%3N
}

# arguments_of STEP: what the program is called with; no argument holds a space.
arguments_of() {
    case $1 in
    freeze) echo "round freeze 2024-05" ;;
    draw) echo "draw --round 2024-05 --size 1500 --exact-seed killed" ;;
    outcomes) echo "outcomes import --round 2024-05 $work/outcomes.csv" ;;
    close) echo "round close 2024-05" ;;
    esac
}
run() {
    "$pingyi" $(arguments_of "$1") >"$work/out" 2>"$work/messages"
}
steps='freeze draw outcomes close'

cc -O1 -std=c11 -D_GNU_SOURCE -o "$work/generate" tests/data/generate_outcomes.c || exit 1
"$pingyi" init >/dev/null 2>&1
"$pingyi" units import tests/data/city_units.csv >/dev/null 2>&1
"$pingyi" import --extracted-at 2024-06-03T08:00:00+08:00 tests/data/city_2024_05.csv >/dev/null 2>&1
"$pingyi" round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 >/dev/null 2>&1

# Once in peace: what stands before each step and after it, and how long each takes.
for step in $steps; do
    cp -a "$PINGYI_DATA" "$work/before_$step"
    [ $step != outcomes ] ||
        "$pingyi" draw --round 2024-05 --format csv 2>/dev/null | "$work/generate" --from 2024-06-04 >"$work/outcomes.csv"
    began=$(millis)
    run $step
    verdict "$step" $? "$(head -2 "$work/messages")"
    eval "took_$step=$(($(millis) - began))"
    digest >"$work/after_$step.digest"
done

kill_number=0
alive=0
while [ $kill_number -lt "$kills" ]; do
    for step in $steps; do
        kill_number=$((kill_number + 1))
        rm -rf "$PINGYI_DATA"
        cp -a "$work/before_$step" "$PINGYI_DATA"
        before=$(digest)
        eval "took=\$took_$step"
        delay=$(awk -v seed=$kill_number -v most="$took" 'BEGIN { srand(seed); printf "%.3f", rand() * most / 1000 }')
        "$pingyi" $(arguments_of $step) >/dev/null 2>&1 &
        child=$!
        sleep "$delay"
        kill -9 $child 2>/dev/null
        wait $child 2>/dev/null
        [ $? -ne 137 ] || alive=$((alive + 1))
        [ "$(sqlite3 -readonly "$PINGYI_DATA/pingyi.db" 'PRAGMA integrity_check')" = ok ]
        verdict "sound_after_kill_${kill_number}_of_$step" $?
        now=$(digest)
        if [ "$now" = "$before" ]; then
            run $step
        fi
        digest | cmp -s - "$work/after_$step.digest"
        verdict "ends_as_ever_after_kill_${kill_number}_of_$step" $? "$(head -2 "$work/messages")"
    done
done
[ $alive -gt 0 ]
verdict some_were_still_running $?
check verify_after_all 0 verify --round 2024-05
exit $failed

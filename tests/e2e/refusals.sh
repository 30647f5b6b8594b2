#!/bin/sh
# What is refused: exit status, sentence, and that nothing in the database or the evidence changed.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh

state() {
    # That something was refused is recorded, and nothing else.
    sqlite3 "$PINGYI_DATA/pingyi.db" .dump | grep -v '^INSERT INTO audit_log '
    (cd "$PINGYI_DATA/evidence" && find . -type f -exec sha256sum {} + | sort -k2)
}
# refused NAME EXIT TEXT ARGUMENT...: exits so, says the text, changes nothing.
refused() {
    refusal=$1 text=$3 expected=$2
    shift 3
    state > "$work/state_before"
    check "$refusal" "$expected" "$@"
    says "${refusal}_is_said" "$text"
    state > "$work/state_after"
    same "${refusal}_changes_nothing" "$work/state_before" "$work/state_after"
}

make_small_city

# Rules.
printf '[score]\nweights = 1\n' > "$work/key.ini"
refused unknown_key 1 '[score] weights' round create --id x --from 2024-05-01 --to 2024-05-31 --rules "$work/key.ini"
printf '[weights]\non_time = 1\n' > "$work/section.ini"
refused unknown_section 1 '[weights]' round create --id x --from 2024-05-01 --to 2024-05-31 --rules "$work/section.ini"
printf '[score]\non_time = 0\nresolution = 0\nsatisfaction = 0\n' > "$work/zero.ini"
refused weights_of_zero 1 规则有误 round create --id x --from 2024-05-01 --to 2024-05-31 --rules "$work/zero.ini"
check create 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini"
refused trial_by_unknown_key 1 '[score] weights' score --round 2024-05 --rules "$work/key.ini"
check create_overlapping 0 round create --id 2024-05b --from 2024-05-15 --to 2024-06-15 --rules "$work/rules.ini"
refused days_in_common 1 不予执行 round create --id x --of 2024-05,2024-05b

# A step before its time.
refused draw_before_freezing 1 "round freeze 2024-05" draw --round 2024-05 --size 20 --seed 271828
refused shown_before_a_draw 1 尚未抽样 draw --round 2024-05
refused opened_before_a_draw 1 'round "2024-05" has no draw' draw open --round 2024-05 --order S05-01-01 --why x
refused outcomes_before_a_draw 1 "round show 2024-05" outcomes import --round 2024-05 "$work/orders.csv"
refused verify_before_freezing 1 当前状态不允许此操作 verify --round 2024-05
refused reopen_a_draft 1 当前状态不允许此操作 round reopen 2024-05 --why x
check freeze 0 round freeze 2024-05
refused second_freezing 1 当前状态不允许此操作 round freeze 2024-05
refused request_after_freezing 1 "round reopen 2024-05" exclusions request --round 2024-05 --order S05-01-01 --reason legal \
    --basis x --file "$work/rules.ini"
refused undo_of_frozen_orders 1 不予执行 imports undo 1

# The draw.
printf 'order_no\nS05-01-01\nS04-01-01\n' > "$work/foreign.csv"
refused sample_outside_the_frame 1 S04-01-01 draw --round 2024-05 --adopt "$work/foreign.csv"
printf 'order_no\nS05-01-01\nS05-01-01\n' > "$work/double.csv"
refused sample_with_an_order_twice 1 S05-01-01 draw --round 2024-05 --adopt "$work/double.csv"
printf 'number\nS05-01-01\n' > "$work/nameless_sample.csv"
refused sample_without_numbers 1 "order_no 或 工单编号" draw --round 2024-05 --adopt "$work/nameless_sample.csv"
refused blank_seed 2 "--seed" draw --round 2024-05 --size 20 --seed " "
check draw 0 draw --round 2024-05 --size 20 --seed 271828
refused second_draw 1 "round reopen 2024-05" draw --round 2024-05 --size 20 --seed 314159
refused second_draw_by_adopting 1 当前状态不允许此操作 draw --round 2024-05 --adopt "$work/double.csv"
check listing 0 draw --round 2024-05 --format csv
cp "$work/out" "$work/draw.csv"

# Outcomes: a refused row is a reject with its reason, and leaves no attempt.
drawn=$(awk -F, '$5 == "sample" { print $3; exit }' "$work/draw.csv")
attempts() {
    sqlite3 "$PINGYI_DATA/pingyi.db" "SELECT count(*) FROM attempts"
}
# reject NAME TEXT ROW
reject() {
    printf 'order_no,called_at,caller,disposition,resolved,satisfaction\n%s\n' "$3" > "$work/$1.csv"
    check "$1" 3 outcomes import --round 2024-05 "$work/$1.csv"
    says "$1_is_said" "$2"
    [ "$(attempts)" = 0 ]
    verdict "$1_is_not_taken" $? "$(attempts) attempts"
}
reject outcome_before_its_order 早于 "$drawn,2024-05-01 08:00:00,c,1.1,yes,5"
reject outcome_not_drawn S04-01-01 "S04-01-01,2024-07-05 10:00:00,c,1.1,yes,5"
reject outcome_unknown_word 无法识别 "$drawn,2024-07-05 10:00:00,c,1.1,也许,5"

# Closed is closed.
check close 0 round close 2024-05
refused outcomes_after_closing 1 当前状态不允许此操作 outcomes import --round 2024-05 "$work/outcome_not_drawn.csv"
refused second_closing 1 "round reopen 2024-05" round close 2024-05
refused draw_after_closing 1 当前状态不允许此操作 draw --round 2024-05 --size 20 --seed 314159

# Dumps: a row without a number is kept apart, the file is loaded.
sed -n '1p; 2s/^[^,]*//p' "$work/orders.csv" > "$work/nameless.csv"
check row_without_a_number 3 import --extracted-at 2024-07-04 "$work/nameless.csv"
says row_without_a_number_is_said "问题数据 1"
exit $failed

#!/bin/sh
# A draw as the office makes it and as an auditor checks it: planned, frozen, rolled, published, opened, and computed again
# with nothing but sha256sum and sort.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh

"$pingyi" init > "$work/out" 2>&1
"$pingyi" units import tests/data/city_units.csv > "$work/out" 2>&1
"$pingyi" import --extracted-at 2024-06-03 tests/data/city_2024_05.csv > "$work/out" 2>&1
"$pingyi" round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 > "$work/out" 2>&1

# ---- the plan ----
check plan_without_size 0 draw --round 2024-05 --plan
says plan_tells_the_least 至少抽
check plan_by_margin 0 draw --round 2024-05 --plan --margin 0.1 --expect-rate 0.85 --expect-response 50%
says plan_says_what_it_is_made_with "满意率 85.0%、有效率 50.0%"
check plan_json 0 draw --round 2024-05 --plan --size 1100 --format json
holds plan_json_adds_up '.sample == 1100 and ([.units[].sample] | add) == 1100 and .assumed'
check plan_csv 0 draw --round 2024-05 --plan --size 1100 --format csv
cp "$work/out" "$work/plan.csv"
check plan_below_the_minimums 1 draw --round 2024-05 --plan --size 20
says plan_names_both_numbers "20 件，少于各单位最低样本之和 990 件"
says plan_names_the_rule min_per_unit
check size_alone 2 draw --round 2024-05 --size 1100
check two_ways 2 draw --round 2024-05 --size 1100 --seed a --exact-seed b

# ---- the draw ----
check seed_wants_a_frame 1 draw --round 2024-05 --size 1100 --seed 73914420
says seed_says_to_freeze_first "round freeze 2024-05"
check freeze 0 round freeze 2024-05
check plan_of_a_frozen_round 0 draw --round 2024-05 --plan --size 1100 --format csv
same plan_is_the_same_frozen "$work/out" "$work/plan.csv"
check seed 0 draw --round 2024-05 --size 1100 --seed 73914420 --by 评议办
says draw_counts_people 涉及
check second_draw 1 draw --round 2024-05 --size 1100 --seed 1
says second_draw_says_to_reopen "round reopen 2024-05"
check csv 0 draw --round 2024-05 --format csv
cp "$work/out" "$work/draw.csv"
check csv_of_all 0 draw --round 2024-05 --all --format csv
cp "$work/out" "$work/all.csv"
awk -F, 'NR == FNR { if (FNR > 1) n[$1] += $5 == "sample"; next }
    FNR > 1 && $1 != "*" && n[$1] != $4 { exit 1 }' "$work/draw.csv" "$work/plan.csv"
verdict draw_is_as_planned $?

# ---- what is public ----
evidence="$work/data/evidence/2024-05"
(cd "$evidence/draw-1" && sha256sum -c SHA256SUMS) > "$work/sums" 2>&1
verdict published_files_have_their_hashes $? "$(cat "$work/sums")"
check overview 0 draw --round 2024-05
says overview_prints_the_public_hash "$(sha256sum "$evidence/draw-1/SHA256SUMS" | cut -c1-64)"
[ "$(grep -rl "$(sed -n 2p "$work/draw.csv" | cut -d, -f3)" "$evidence/draw-1" | wc -l)" = 0 ]
verdict published_files_hide_orders $?

# ---- one entry, opened ----
order=$(sed -n 5p "$work/draw.csv" | cut -d, -f3)
check open_needs_why 2 draw open --round 2024-05 --order "$order"
check open_entry 0 draw open --round 2024-05 --order "$order" --why 申请复核
field() {
    sed -n "s/.* $1: //p" "$work/out"
}
made=$(printf '%s\t%s\t%s\t%s' "$(field salt)" "$order" "$(field ticket)" "$(field part)" | sha256sum | cut -c1-64)
[ "$(sed -n "$(field line)p" "$evidence/draw-1/commitments.txt" | cut -f2)" = "$made" ]
verdict opened_entry_is_what_was_committed_to $?
command=$(sed -n 's/^核对：//p' "$work/out")
[ "$(sh -c "$command" | cut -c1-64)" = "$made" ]
verdict printed_command_computes_the_commitment $? "$command"
check open_with_spaces 0 draw open --round 2024-05 --order " $order　" --why 申请复核
"$pingyi" draw open --round 2024-05 --order "$order" --why 申请复核 >/dev/full 2>"$work/messages"
status=$?
[ $status = 3 ] && grep -q '已完成并记录' "$work/messages"
verdict opened_but_not_shown_is_no_failure $? "exits $status"
check open_stranger 1 draw open --round 2024-05 --order NONE --why 申请复核
check open_seed 0 draw open --round 2024-05 --seed --why 审计
seed=$(cat "$work/out")

# ---- the whole, computed again ----
[ "$(printf %s "$seed" | cut -d'|' -f2 | tr -d '\n' | sha256sum | cut -c1-64)" = \
    "$(sed -n 's/.*secret_sha256: //p' "$evidence/frame-1/public.txt")" ]
verdict opened_secret_is_what_was_committed_to $?
[ "$(sha256sum "$evidence/frame-1/frame.txt" | cut -c1-64)" = \
    "$(sed -n 's/.*listing_sha256: //p' "$evidence/frame-1/public.txt")" ]
verdict frame_is_what_was_committed_to $?
prefix=$(printf %s "$seed" | sha256sum | cut -c1-64)
mkdir "$work/tickets"
{ cat "$evidence/frame-1/frame.txt"; echo; } | while IFS="$(printf '\t')" read -r unit no; do
    printf %s "$prefix$no" > "$work/tickets/$unit,$no"
done
(cd "$work/tickets" && sha256sum -- *) | sed 's/  /,/' | awk -F, '{ print $2 "," $3 "," $1 }' |
    LC_ALL=C sort -t, -k1,1 -k3,3 > "$work/computed"
tail -n +2 "$work/all.csv" | awk -F, '{ print $1 "," $3 "," $4 }' > "$work/printed"
same whole_draw_computed_again_with_sha256sum_and_sort "$work/printed" "$work/computed"

# ---- top-up, adoption ----
unit=$(sed -n 2p "$work/draw.csv" | cut -d, -f1)
check top_up 0 draw top-up --round 2024-05 --unit "$unit" --count 2 --why 无人接听
check top_up_beyond 1 draw top-up --round 2024-05 --unit "$unit" --count 100000 --why 无人接听
says top_up_names_what_is_left "left in reserve"
check csv_after 0 draw --round 2024-05 --format csv
[ "$(grep -c ',sample$' "$work/out")" = 1102 ]
verdict top_up_releases_two $?
check steps 0 round show 2024-05
says steps_record_who_draws 评议办
says steps_record_openings "$order: 申请复核"

"$pingyi" round create --id adopted --from 2024-05-01 --to 2024-05-31 --kind other > "$work/out" 2>&1
{ echo 工单编号; tail -n +2 "$work/draw.csv" | head -40 | cut -d, -f3; } > "$work/sample.csv"
{ cat "$work/sample.csv"; echo NONE; } > "$work/stranger.csv"
check adopt_stranger 1 draw --round adopted --adopt "$work/stranger.csv"
says adopt_names_the_stranger '"NONE" is not in the frame'
{ cat "$work/sample.csv"; tail -n 1 "$work/sample.csv"; } > "$work/double.csv"
check adopt_double 1 draw --round adopted --adopt "$work/double.csv"
says adopt_names_the_double 'stands twice'
check adopt_without_column 1 draw --round adopted --adopt tests/data/city_units.csv
check adopt 0 draw --round adopted --adopt "$work/sample.csv" --format csv
[ "$(grep -c ',,sample$' "$work/out")" = 40 ]
verdict adopted_sample_has_no_tickets $?
"$pingyi" round create --id own --from 2024-05-01 --to 2024-05-31 --kind other > "$work/out" 2>&1
check adopt_a_list_of_ours 0 draw --round own --adopt "$work/draw.csv" --format csv
[ "$(wc -l < "$work/out")" = "$(grep -c 'part$\|,sample$' "$work/draw.csv")" ]
verdict adopts_its_sample_alone $? "$(wc -l < "$work/out")"
check adopted_has_no_seed 1 draw open --round adopted --seed --why 审计

# The secret half was told with the seed: it draws no more.
check reopened 0 round reopen 2024-05 --why 重新抽样
check a_known_secret_draws_no_more 1 draw --round 2024-05 --size 1300 --seed 555
says says_to_freeze_anew 'freeze it anew'
check thawed 0 round reopen 2024-05 --why 重新冻结
check frozen_anew 0 round freeze 2024-05
check a_new_secret_draws 0 draw --round 2024-05 --size 1300 --seed 555
exit $failed

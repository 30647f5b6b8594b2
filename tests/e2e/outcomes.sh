#!/bin/sh
# Outcomes logged elsewhere, from a drawn round to its rates: files in several forms, the same file twice, rejects by
# name that come back mended, callers and AAPOR's rates.
set -u
. tests/support/checks.sh

${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -o "$work/generate" tests/data/generate_outcomes.c
verdict generator_compiles $?

"$pingyi" init >"$work/setup" 2>&1
"$pingyi" units import tests/data/city_units.csv >>"$work/setup" 2>&1
"$pingyi" import --extracted-at 2024-06-03T08:00:00+08:00 tests/data/city_2024_05.csv >>"$work/setup" 2>&1
"$pingyi" round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 >>"$work/setup" 2>&1
header=工单编号,拨打时间,话务员,访问结果,是否解决,满意度,原因,备注

printf '%s\nGD1,,,2.21,,,,\n' $header >"$work/early.csv"
check a_round_without_a_draw_takes_none 1 outcomes import --round 2024-05 "$work/early.csv"
check and_has_no_rates 1 outcomes rates --round 2024-05

"$pingyi" draw --round 2024-05 --size 1200 --exact-seed demonstration >>"$work/setup" 2>&1
"$pingyi" draw --round 2024-05 --format csv >"$work/draw.csv" 2>>"$work/setup"
verdict a_sample_is_drawn $? "$(tail -2 "$work/setup")"
"$work/generate" --from 2024-06-04 <"$work/draw.csv" >"$work/outcomes.csv"
sampled=$(awk -F, '$5 == "sample"' "$work/draw.csv" | wc -l)
rows=$(($(wc -l <"$work/outcomes.csv") - 1))

# ---- loading ----
check a_file_loads 0 outcomes import --round 2024-05 --by 李四 --format json "$work/outcomes.csv"
holds and_counts_its_rows ".[0] | .status == \"loaded\" and .rows == $rows and .accepted == $rows and .rejected == 0"
check the_same_file_again 0 outcomes import --round 2024-05 --format json "$work/outcomes.csv"
holds changes_nothing '.[0].status == "already_loaded"'
check calling_has_begun 0 round show 2024-05
says and_is_recorded calling
check files_are_listed 0 outcomes list --round 2024-05 --format json
holds with_who_loaded_them 'length == 1 and .[0].by == "李四" and .[0].file == "outcomes.csv" and .[0].kind == "file"'

iconv -f utf-8 -t gb18030 "$work/outcomes.csv" | tr ',' '\t' >"$work/other_form.tsv"
check another_form_of_the_same_file 0 outcomes import --round 2024-05 --format json "$work/other_form.tsv"
holds brings_nothing_new ".[0] | .status == \"loaded\" and .unchanged == $rows"

# ---- rates ----
check rates_are_printed 0 outcomes rates --round 2024-05 --format csv
cp "$work/out" "$work/rates.csv"
released=$(awk -F, '$1 == "*" && $3 == "none" { print $4 }' "$work/rates.csv")
[ "$released" = "$sampled" ]
verdict all_released_orders_are_counted $? "$released of $sampled"
# RR1 again, by hand: complete over all but ineligible.
awk -F, '$1 == "*" && $3 == "none" { d = $14 - $5/($4 - $12); exit !(d < 1e-9 && d > -1e-9) }' "$work/rates.csv"
verdict rr1_is_complete_over_eligible $?
check rates_for_people 0 outcomes rates --round 2024-05
says and_what_e_is "e：身份不明"
check rates_as_json 0 outcomes rates --round 2024-05 --format json
holds with_both_sums '[.[] | select(.unit_code == "*") | .weights] == ["none", "frame"]'

# ---- callers ----
check callers_for_people 0 outcomes callers --round 2024-05
says for_the_office_alone 仅供评价办内部使用
says and_whether_they_differ_by_more_than_chance 诉求解决：话务员之间的差异
check callers_as_json 0 outcomes callers --round 2024-05 --format json
holds ten_of_them "length == 10 and (map(.attempts) | add) == $rows"

# ---- rejects ----
drawn=$(awk -F, '$5 == "sample" { print $3; exit }' "$work/draw.csv")
reserve=$(awk -F, '$5 == "reserve" { print $3; exit }' "$work/draw.csv")
{
    echo $header
    echo "GD-NOT-DRAWN,2024-06-20 10:00,王,2.21,,,,13812345678"
    [ -z "$reserve" ] || echo "$reserve,2024-06-20 10:00,王,2.21,,,,"
    echo "$drawn,2024-06-20 10:00,王,没人接,,,,"
    echo "$drawn,2024-01-01 10:00,王,2.21,,,,"
    echo "$drawn,2024-06-20 10:00,王,1.1,已解决,还行,,"
    echo "$drawn,2024-06-20 10:00,王,2.21,,,,"
} >"$work/bad.csv"
check rejects_of_no_file 0 outcomes rejects 99
says rejects_of_no_file_is_said "结果文件 99 没有问题数据"
check bad_rows_are_told 3 outcomes import --round 2024-05 --rejects "$work/rejects.csv" "$work/bad.csv"
says by_line_and_number "第 2 行，工单 GD-NOT-DRAWN：该工单未被抽中"
[ -z "$reserve" ] || says reserve_is_not_called "工单 $reserve：该工单是尚未启用的备用样本"
says with_the_reason 访问结果既不是
says and_again 拨打时间早于工单受理
says and_the_last 满意度的说法无法识别
[ "$(stat -c %a "$work/rejects.csv")" = 600 ]
verdict rejects_are_private $?
sed -n '1p; /unknown_disposition/{s/没人接/无人接听/; s/10:00/11:00/; p;}' "$work/rejects.csv" >"$work/mended.csv"
check mended_rows_load 0 outcomes import --round 2024-05 --format json "$work/mended.csv"
holds one_of_them '.[0].accepted == 1'
id=$("$pingyi" outcomes list --round 2024-05 --format csv | awk -F, '$3 == "bad.csv" { print $1 }')
check rejects_are_kept 0 outcomes rejects "$id"
says with_the_header "line,column,reason,$header"
hides numbers_are_masked 13812345678

# ---- what is refused ----
printf '工单编号,承办单位\n1,2\n' >"$work/orders.csv"
check a_file_of_something_else 1 outcomes import --round 2024-05 "$work/orders.csv"
says and_what_it_lacks 访问结果
check one_of_two_files_loads 3 outcomes import --round 2024-05 "$work/orders.csv" "$work/mended.csv"
check no_such_round 1 outcomes import --round 2023-05 "$work/mended.csv"
check no_round_at_all 2 outcomes import "$work/mended.csv"
# ---- labels that the rules add ----
order=$(awk -F, '$5 == "sample" { print $3; exit }' "$work/draw.csv")
printf '%s\n%s,2024-06-25 09:00:00,C1,1.1,是,比较满意,,\n' $header "$order" | sed 's/,是,/,已解决,/' >"$work/label.csv"
check an_unknown_label_is_a_reject 3 outcomes import --round 2024-05 "$work/label.csv"
printf '[rates]\nlabels = 比较满意 4, 一般 3, 还行 4\n' >"$work/labels.ini"
"$pingyi" round create --id labelled --from 2024-05-01 --to 2024-05-31 --rules "$work/labels.ini" >>"$work/setup" 2>&1
{ echo order_no; echo "$order"; } >"$work/one.csv"
"$pingyi" draw --round labelled --adopt "$work/one.csv" >>"$work/setup" 2>&1
check a_label_of_the_rules_is_read 0 outcomes import --round labelled "$work/label.csv"
check and_means_what_they_say 0 orders show "$order" --format json
holds so_the_order_counts_as_satisfied '[.handlings[].rounds[] | select(.round == "labelled") | .counts_as_satisfied] == [true]'

"$pingyi" round close 2024-05 >>"$work/setup" 2>&1
sed 's/11:00/12:00/' "$work/mended.csv" >"$work/late.csv"
check a_closed_round_takes_none 1 outcomes import --round 2024-05 "$work/late.csv"
exit $failed

#!/bin/sh
# Rows that could not be taken: what `imports show` says of them, and the file of `import --rejects`, mended and loaded.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh

"$pingyi" init > /dev/null 2>&1
"$pingyi" units import tests/data/city_units.csv > /dev/null 2>&1

# What is rejected, and how it is shown.
city=tests/data/city_2024_05.csv
check import 3 import --extracted-at 2024-06-03 --rejects "$work/rejects.csv" $city
says import_says_where_they_are "问题数据 3 行写入 $work/rejects.csv"
[ "$(stat -c %a "$work/rejects.csv")" = 600 ] && ok file_is_private || bad file_is_private "mode"
[ "$(wc -l < "$work/rejects.csv")" -eq 4 ] && ok file_has_header_and_rows || bad file_has_header_and_rows "lines"
check show 0 imports show 1
says show_counts_by_reason "缺少受理时间（missing_received_at）：1 行"
says show_names_line_and_column "第 2734 行，受理时间："
says show_lists_flags "办结早于受理（closed_before_received）：3 行"
says show_names_flagged_orders "第 1864 行，工单 LJ202405001501"
says show_ends_with_totals "共 4902 行"
hides show_hides_names "李某"
hides show_hides_numbers "15400001193"
hides show_hides_texts "商家"
check show_json 0 imports show 1 --format json
holds show_json_has_the_import '.id == 1 and .file == "city_2024_05.csv" and .rejected == 3'
holds show_json_has_rejects '[.rejects[] | {reason, count, line: .examples[0].line, column: .examples[0].column}] == [
    {"reason": "missing_received_at", "count": 1, "line": 871, "column": "受理时间"},
    {"reason": "bad_time", "count": 1, "line": 2734, "column": "受理时间"},
    {"reason": "missing_unit", "count": 1, "line": 4604, "column": "承办单位"}]'
holds show_json_has_flags '.flags == [{"flag": "closed_before_received", "count": 3, "examples": [
    {"line": 1864, "order_no": "LJ202405001501"}, {"line": 3105, "order_no": "LJ202405002501"},
    {"line": 4361, "order_no": "LJ202405003501"}]}]'
holds show_json_masks '.rejects[0].examples[0].row | contains("154****1193") and contains("15400001193") == false'

# Many rejects of one reason: three examples, whatever is in the cells.
{
    echo '工单编号,受理时间,承办单位,诉求人姓名,联系电话,备注'
    i=0
    while [ $i -lt 500 ]; do
        echo ",2024-05-01 08:00:00,青岚县,Zhang San,154 0000 0001,450101199001011234"
        i=$((i + 1))
    done
    printf 'M1,2024-05-01 08:00:00,青岚县\nM2,,青岚县,"王\n某",0771-2345678,2024-05-01 13800000001\n'
} > "$work/many.csv"
check import_many 3 import --rejects "$work/many_rejects.csv" "$work/many.csv"
check show_many 0 imports show 2 --format json
holds show_puts_the_most_first '.rejects[0].reason == "missing_order_no" and .rejects[0].count == 500'
holds show_gives_three_examples '[.rejects[0].examples[].line] == [2, 3, 4]'
holds show_masks_every_number '.rejects[0].examples[0].row == ",2024-05-01 08:00:00,青**,Z**,154 **** 0001,450***********1234"'
holds show_masks_a_name_of_two_lines '.rejects[1].examples[0].row == "M2,,青**,王**,077*-***5678,2024-05-01 138****0001"'
holds show_lists_padded '.flags == [{"flag": "padded", "count": 1, "examples": [{"line": 502, "order_no": "M1"}]}]'

# What cannot be mended comes back as it is; what is mended takes its place.
check import_unmended 3 import --rejects "$work/again.csv" "$work/rejects.csv"
cut -d, -f2- "$work/rejects.csv" > "$work/a"
cut -d, -f2- "$work/again.csv" > "$work/b"
same unmended_rows_come_back_unchanged "$work/a" "$work/b"
sed -e 's/,15400001193,,/,15400001193,2024-05-05 09:00:00,/' -e 's/,本月中旬,/,2024-05-15 09:00:00,/' \
    -e 's/,2024-05-25 20:17:20,,/,2024-05-25 20:17:20,鹿鸣县,/' "$work/rejects.csv" > "$work/mended.csv"
check import_mended 0 import --format json "$work/mended.csv"
holds mended_rows_are_accepted '.[0] | .rows == 3 and .accepted == 3 and .rejected == 0'
check mended_order 0 orders show LJ202405000701 --format json
holds mended_order_has_its_cells '.citizen_phone == "154****1193" and .handlings[0].unit == "岚江市残疾人联合会"
    and .handlings[0].received_at == "2024-05-05T09:00:00+08:00"'

# A dump that has a column `reason` of its own.
{
    head -3 tests/data/boston311_2011_07.csv
    sed -n 4p tests/data/boston311_2011_07.csv | sed 's/^\([^,]*\),[^,]*,/\1,,/'
} > "$work/boston.csv"
check import_boston 3 import --add-units --profile boston311 --rejects "$work/boston_rejects.csv" "$work/boston.csv"
awk -F, -v OFS=, -v at="$(sed -n 4p tests/data/boston311_2011_07.csv | cut -d, -f2)" 'NR > 1 { $5 = at } { print }' \
    "$work/boston_rejects.csv" > "$work/boston_mended.csv"
check import_boston_mended 0 import --add-units --profile boston311 --format json "$work/boston_mended.csv"
holds boston_mended_is_accepted '.[0] | .rows == 1 and .accepted == 1'

# Several dumps in one run.
printf '工单编号,受理时间,承办单位\n,2024-05-01,青岚县\n' > "$work/one.csv"
printf '工单编号,受理时间,承办单位\n,2024-05-02,青岚县\n' > "$work/two.csv"
printf '工单编号,受理时间,承办单位,回复内容\nN1,,青岚县,x\n' > "$work/other.csv"
check several 3 import --rejects "$work/several.csv" "$work/one.csv" "$work/other.csv" "$work/two.csv"
says several_says_which_files "问题数据 1 行写入 $work/several.2.csv（表头不同，另存一个文件）"
printf 'line,column,reason,工单编号,受理时间,承办单位\n2,工单编号,missing_order_no,,2024-05-01,青岚县\n' > "$work/expected"
printf '2,工单编号,missing_order_no,,2024-05-02,青岚县\n' >> "$work/expected"
same one_header_for_dumps_alike "$work/several.csv" "$work/expected"
printf 'line,column,reason,工单编号,受理时间,承办单位,回复内容\n2,受理时间,missing_received_at,N1,,青岚县,x\n' \
    > "$work/expected"
same another_header_another_file "$work/several.2.csv" "$work/expected"

# Cells that are hard to write come back as they were.
printf '工单编号,受理时间,承办单位,回复内容\nH1,,青岚县,"=1+1 ""x"", \nend "\nH2,, 青岚县 ,+86\n' > "$work/hard.csv"
check hard 3 import --rejects "$work/hard_rejects.csv" "$work/hard.csv"
sed -e 's/,H1,,/,H1,2024-05-01,/' -e 's/,H2,,/,H2,2024-05-01,/' "$work/hard_rejects.csv" > "$work/hard_mended.csv"
check hard_mended 0 import "$work/hard_mended.csv"
check hard_order 0 orders show H1 --format json
holds hard_cell_is_as_it_was '.handlings[0].reply == "=1+1 \"x\", \nend"'

# Nothing is lost to the command itself.
cp "$work/hard_rejects.csv" "$work/copy.csv"
check input_is_no_place_for_rejects 2 import --rejects "$work/copy.csv" "$work/copy.csv"
says input_is_named "--rejects 会覆盖要导入的文件 $work/copy.csv"
ln "$work/copy.csv" "$work/link.csv"
check input_of_another_name_is_no_place_either 2 import --rejects "$work/link.csv" - < "$work/copy.csv"
same input_is_kept "$work/copy.csv" "$work/hard_rejects.csv"
check already_loaded 0 import --rejects "$work/copy.csv" "$work/hard.csv"
same no_reject_no_change "$work/copy.csv" "$work/hard_rejects.csv"
if [ -w /dev/full ]; then
    printf '工单编号,受理时间,承办单位\nF1,,青岚县\nF2,2024-05-01,青岚县\n' > "$work/full.csv"
    check full_disk 1 import --rejects /dev/full "$work/full.csv"
    check full_disk_loads_nothing 1 orders show F2
fi
exit $failed

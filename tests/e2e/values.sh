#!/bin/sh
# Values as desks write them, through the whole program: dates and numbers of every form, names that mean no unit.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh

# ---- dates and numbers ----

# An order a line: its time, the number of its citizen. All times are the same one.
cat > "$work/values.csv" << 'END'
工单编号,受理时间,联系电话,承办单位
V01,2024-03-05 21:07:00,13800138000
V02,2024/3/5 21:07,'13800138000
V03,20240305 21:07,"=""13800138000"""
V04,2024年3月5日 星期二 21:07,1.3800138000E+10
V05,2024年03月05日21时07分,13800138000.0
V06,2024/3/5 下午 9:07,１３８００１３８０００
V07,2024/3/5 9:07 PM,+86 138-0013-8000
V08,2024-03-05T13:07:00Z,0771-2822345转8001、13800138000
V09,45356.8798611111,008613800138000
V10,２０２４－０３－０５　２１：０７,400-800-1234 13800138000
V11,202403052107,13800138000或13900139000
V12,2024/3/5 周二 21:7:0,(86)13800138000
END
sed -i '2,$s/$/,市教育局/' "$work/values.csv"
check init 0 init
check import_values 0 import "$work/values.csv"
for order in V01 V02 V03 V04 V05 V06 V07 V08 V09 V10 V11 V12; do
    check "show_$order" 0 orders show $order --format json
    says "${order}_time" 2024-03-05T21:07:00+08:00
    says "${order}_number" '"138****8000"'
done

cat > "$work/masked.csv" << 'END'
工单编号,受理时间,联系电话,承办单位
M01,2024-03-05,138****8000,市教育局
M02,2024-03-05,保密,市教育局
M03,2024-03-05,1.38E+10,市教育局
M04,2024-03-05,95598,市教育局
END
check import_masked 0 import "$work/masked.csv"
for order in M01 M02 M03 M04; do
    check "show_$order" 0 orders show $order --format json
    says "${order}_has_no_number" '"citizen_phone": ""'
done

# ---- names ----

rm -rf "$PINGYI_DATA"
cat > "$work/units.csv" << 'END'
code,name,class,parent,valid_from,valid_to,aliases
A1,南宁市城市管理局,市直,,,,
A2,南宁市住房和城乡建设局,市直,,,,市建委
A3,南宁市公安局交警支队,市直,,,,
A4,青秀区教育局,城区,,,,
A5,兴宁区教育局,城区,,,,
END
cat > "$work/names.csv" << 'END'
工单编号,受理时间,承办单位
N1,2024-03-05,市城管局
N2,2024-03-05,市城管局
N3,2024-03-05,市 城管局
N4,2024-03-05,交警支队
N5,2024-03-05,交警支队
N6,2024-03-05,教育局
N7,2024-03-05,气象局
N8,2024-03-05,市建委
N9,2024-03-05,住建局、市城管局
END
check names_init 0 init
check names_units 0 units import "$work/units.csv"
check suggest_without_orders 0 units suggest
check names_import 3 import "$work/names.csv"
check suggest 0 units suggest
says suggest_short 'A1  南宁市城市管理局  简称'
says suggest_command "pingyi units alias '市城管局' 'A1'"
says suggest_lacks 'A3  南宁市公安局交警支队  缺少“公安局”'
says suggest_of_equals 几个单位同样相近
says suggest_nothing 没有相近的单位
cat > "$work/expected" << 'END'
name,orders,rank,code,unit,score,why
市城管局,4,1,A1,南宁市城市管理局,76,简称
交警支队,2,1,A3,南宁市公安局交警支队,71,缺少“公安局”
住建局,1,1,A2,南宁市住房和城乡建设局,67,简称
教育局,1,1,A4,青秀区教育局,75,缺少“青秀区”
教育局,1,2,A5,兴宁区教育局,75,缺少“兴宁区”
气象局,1,,,,,
END
check suggest_csv 0 units suggest --format csv
same suggest_csv_rows "$work/expected" "$work/out"
check suggest_json 0 units suggest --format json
says suggest_json_command "\"command\": \"pingyi units alias '市城管局' 'A1'\""
says suggest_json_no_command '"command": null'
check suggest_changes_nothing 0 units unmatched
says suggest_changes_no_name 市城管局
check suggest_applied 0 units alias 市城管局 A1
check suggest_after_alias 0 units suggest --format csv
grep -v 市城管局 "$work/expected" > "$work/rest" && mv "$work/rest" "$work/expected"
same suggest_after_alias_rows "$work/expected" "$work/out"
check suggest_bad_format 2 units suggest --format xml
check suggest_too_many 2 units suggest more
exit $failed

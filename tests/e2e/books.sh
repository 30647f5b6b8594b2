#!/bin/sh
# Workbooks from the file to the store: which sheet is read, what is said of the others, and that one that breaks while it
# is read leaves nothing.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
book=tests/data/books/openpyxl.xlsx

"$pingyi" init 2>"$work/messages"
cat >"$work/city.ini" <<'END'
[source]
name = city
[columns]
order_no = 工单编号
received_at = 受理时间
unit = 内容
END
check inspect 0 inspect --profile "$work/city.ini" $book
says inspect_names_the_sheets '工作表“工单”（共有：工单、说明；可用 --sheet 指定）'
check import 3 import --profile "$work/city.ini" $book
says import_names_the_sheet '工作表“工单”，表头在第 3 行'
says import_names_the_sheets_that_are_not_read '未读的工作表（可用 --sheet 另行导入）：说明。'
check import_dry 3 import --dry-run --sheet 工单 --format json --profile "$work/city.ini" $book
holds json_names_sheets '.[0] | [.sheet, .other_sheets, .encoding, .header_line, .rows] == ["工单", ["说明"], "utf-8", 3, 3]'
check again 0 import --format json --profile "$work/city.ini" $book
holds again_is_known '.[0] | [.status, .encoding, .header_line, .rows] == ["already_loaded", "utf-8", 3, 3]'
"$pingyi" import --format json --profile "$work/city.ini" - <$book >"$work/out" 2>"$work/messages"
holds pipe_is_known '.[0].status == "already_loaded"'
check other_sheet 1 import --sheet 2 --profile "$work/city.ini" $book
says other_sheet_has_no_header '找不到表头'
check no_sheet 1 import --sheet 9 --profile "$work/city.ini" $book
says no_sheet_is_said '没有这个工作表'

# Its sheet's packed bytes are damaged in their middle.
cp $book "$work/broken.xlsx"
at=$(grep -abo xl/worksheets/sheet1.xml "$work/broken.xlsx" | head -1 | cut -d: -f1)
printf '\377\377\377\377\377\377\377\377' | dd of="$work/broken.xlsx" bs=1 seek=$((at + 400)) conv=notrunc 2>"$work/messages"
check broken 1 import --format json --profile "$work/city.ini" "$work/broken.xlsx"
holds broken_is_refused '.[0] | [.status, .accepted] == ["refused", 0]'
head -c 3000 $book >"$work/cut.xlsx"
check cut 1 import --profile "$work/city.ini" "$work/cut.xlsx"
says cut_is_said '工作簿已损坏'
check imports 0 imports --format json
holds broken_leaves_nothing 'length == 1'
exit $failed

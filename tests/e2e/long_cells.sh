#!/bin/sh
# A GB18030 export of real length: cells of thousands of characters, with line ends, quotes, commas, full-width signs.
# `inspect --format csv` gives the UTF-8 original back cell by cell; `import` takes every row.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
orders=2000

# Quotes stand only where `inspect` writes them too, so the file is what must come out.
awk -v orders=$orders '
function long_text(seed, sentences, text, i) {
    text = ""
    for (i = 0; i < sentences; i++)
        text = text part[(seed * 5 + i * 11 + int(i / 3)) % parts]
    return text
}
BEGIN {
    part[parts++] = "市民来电反映，家中自来水从上周起水压不足，早晚高峰时段基本没有水，"
    part[parts++] = "多次联系物业, 答复是\"\"请等待通知\"\",至今未解决。\n"
    part[parts++] = "（一）小区东门外的路灯全部不亮；（二）消防通道被占用。\n\n"
    part[parts++] = "来电人要求:尽快处理,并书面答复,联系时间为9:00-17:00。"
    part[parts++] = "经核实，情况属实，“已督促”施工单位整改，预计７日内完成！\r\n"
    part[parts++] = "附：1,234.50元的票据, 合同编号HT-2024-0099; 见附件【一】～【三】。"
    part[parts++] = "\"\"管网改造\"\"尚在进行，请谅解。\n  3. 其他事项\t另行告知；"
    units = split("水务局 城管局 住建局 交通局 教育局", unit, " ")
    print "工单编号,受理时间,承办单位,办理时限,办结时间,市民诉求,回复内容"
    for (n = 1; n <= orders; n++) {
        received = sprintf("2024-05-%02d %02d:%02d:00", 1 + n % 28, n % 24, n % 60)
        printf "GD2024%06d,%s,%s,2024-06-%02d 18:00:00,2024-06-%02d 09:30:00,", n, received, unit[1 + n % units],
            1 + n % 28, 1 + n % 28
        printf "\"诉求%d：%s\",\"回复%d，%s\"\n", n, long_text(n, 90 + n % 90), n, long_text(n + 3, 70 + n % 70)
    }
}' >"$work/original.csv"
iconv -f UTF-8 -t GB18030 "$work/original.csv" >"$work/export.csv"
verdict export_is_made $?
[ "$(iconv -f UTF-8 -t UTF-32LE "$work/original.csv" | wc -c)" -gt $((orders * 5000 * 4)) ]
verdict cells_have_thousands_of_characters $? "$(wc -c <"$work/original.csv") bytes"

"$pingyi" inspect "$work/export.csv" --format csv >"$work/out.csv" 2>"$work/messages"
cmp "$work/original.csv" "$work/out.csv" >"$work/difference" 2>&1
verdict come_back_cell_by_cell $? "$(cat "$work/messages" "$work/difference")"
"$pingyi" inspect - --format csv <"$work/original.csv" >"$work/out.csv" 2>"$work/messages"
cmp -s "$work/original.csv" "$work/out.csv"
verdict come_back_from_a_pipe $? "$(cat "$work/messages")"

"$pingyi" init >/dev/null 2>&1
"$pingyi" import --format json "$work/export.csv" >"$work/loaded" 2>"$work/messages"
[ "$(jq -r '.[0] | [.status, .encoding, .rows, .accepted, .rejected] | join(" ")' "$work/loaded")" = \
    "loaded gb18030 $orders $orders 0" ]
verdict import_takes_every_row $? "$(head -c 300 "$work/loaded" "$work/messages")"

# stays_alone NAME PROGRAM: whatever becomes of record 1000, damaged by the awk program, the others come back all the same.
others() {
    awk '/^GD2024001000,/ { skip = 1 } /^GD2024001001,/ { skip = 0 } !skip' "$1"
}
stays_alone() {
    awk "/^GD2024001000,/ { here = 1 } /^GD2024001001,/ { here = 0 } $2 { print }" "$work/original.csv" >"$work/damaged.csv"
    cmp -s "$work/original.csv" "$work/damaged.csv"
    verdict "$1_damages" $(($? != 1))
    iconv -f UTF-8 -t GB18030 "$work/damaged.csv" >"$work/export.csv"
    "$pingyi" inspect "$work/export.csv" --format csv >"$work/out.csv" 2>"$work/messages"
    others "$work/original.csv" >"$work/expected"
    others "$work/out.csv" >"$work/got"
    cmp "$work/expected" "$work/got" >"$work/difference" 2>&1
    verdict "$1_stays_alone" $? "$(cat "$work/messages" "$work/difference")"
}
stays_alone inner_quote 'here { sub(/"诉求1000/, "\"诉求\"1000") }'
stays_alone delimiter_less 'here { sub(/","回复/, "\"\"回复") }'
stays_alone opening_quote_less 'here { sub(/"诉求1000/, "诉求1000") }'
stays_alone second_opening_quote_less 'here { sub(/","回复/, "\",回复") }'
stays_alone closing_quote_less 'here { sub(/","回复/, ",\"回复") }'
stays_alone last_closing_quote_less 'here { sub(/"$/, "") }'
exit $failed

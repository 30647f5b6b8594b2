#!/bin/sh
# What a freezing publishes, checked with the tools that everybody has; and what an import says that comes after it.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh

dump="$work/may.csv"
iconv -f GB18030 -t UTF-8 tests/data/city_2024_05.csv >"$dump"
evidence="$work/data/evidence/2024-05/frame-1"
published() {
    sed -n "s/^.* $1: //p" "$evidence/public.txt"
}
equal() {
    [ "$2" = "$3" ]
    verdict "$1" $? "\"$2\" is not \"$3\""
}

"$pingyi" init >/dev/null 2>&1
check units 0 units import tests/data/city_units.csv
"$pingyi" import --extracted-at 2024-06-03T08:00:00+08:00 "$dump" >/dev/null 2>&1
check create 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31
"$pingyi" score --round 2024-05 --format csv >"$work/before" 2>/dev/null
check freeze 0 round freeze 2024-05 --by 张三

equal listing_hash "$(published listing_sha256)" "$(sha256sum <"$evidence/frame.txt" | cut -c1-64)"
LC_ALL=C sort -u "$evidence/frame.txt" | head -c -1 >"$work/sorted"
same listing_is_sorted "$evidence/frame.txt" "$work/sorted"
equal entries "$(published entries)" "$(wc -l <"$work/sorted" | awk '{ print $1 + 1 }')"
"$pingyi" rules show --round 2024-05 >"$work/rules" 2>/dev/null
equal rules_hash "$(published rules_sha256)" "$(sha256sum <"$work/rules" | cut -c1-64)"
equal modes "$(stat -c %a "$evidence/frame.txt" "$evidence/public.txt" | tr '\n' ' ')" "600 600 "
equal units_together "$(cut -f1 "$evidence/frame.txt" | uniq | wc -l)" "$(cut -f1 "$evidence/frame.txt" | sort -u | wc -l)"

# A later dump: one order of the frame is void now, one is new, one is as it was.
frozen_no=$(head -1 "$evidence/frame.txt" | cut -f2)
header=$(head -1 "$dump")
status=$(printf %s "$header" | tr ',' '\n' | grep -n '^工单状态' | cut -d: -f1)
number=$(printf %s "$header" | tr ',' '\n' | grep -n '^工单编号' | cut -d: -f1)
{
    printf '%s\n' "$header"
    grep -F "$frozen_no" "$dump" | awk -F, -v OFS=, -v at="$status" '{ $at = "作废"; print }'
    grep -F "$frozen_no" "$dump" | awk -F, -v OFS=, -v at="$number" '{ $at = "NEW1"; print }'
    sed -n 2p "$dump"
} >"$work/later.csv"
check late 0 import --extracted-at 2024-06-10T08:00:00+08:00 --format json "$work/later.csv"
says late_is_said "评价期 2024-05 已冻结，本批次 2 件工单的变化不计入：$frozen_no、NEW1。"
holds late_in_json ".[0].frozen_rounds == [{round: \"2024-05\", orders: 2, order_nos: [\"$frozen_no\", \"NEW1\"]}]"
check again 0 import "$work/later.csv"
hides again_says_nothing 已冻结
"$pingyi" score --round 2024-05 --format csv >"$work/after" 2>/dev/null
cut -d, -f1,7-12 "$work/before" >"$work/counts_before"
cut -d, -f1,7-12 "$work/after" >"$work/counts_after"
same score_stays "$work/counts_before" "$work/counts_after"

# Opened again it counts them, and the next freezing has its own evidence.
check reopen 0 round reopen 2024-05 --why 补录数据 --by 李四
check freeze_again 0 round freeze 2024-05 --by 张三
grep -q NEW1 "$work/data/evidence/2024-05/frame-2/frame.txt"
verdict second_frame_has_the_new_order $?
! grep -q "$frozen_no\$" "$work/data/evidence/2024-05/frame-2/frame.txt"
verdict second_frame_lacks_the_void_order $?
! grep -q NEW1 "$evidence/frame.txt"
verdict first_frame_stays $?
exit $failed

#!/bin/sh
# scripts/start as a newcomer runs it, in a data directory of its own, and once more: the second run changes nothing.
set -u
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PINGYI_DATA="$dir/data"

verdict() {
    if [ "$2" = 0 ]; then echo "ok start: $1"; else echo "not ok start: $1"; fi
}

scripts/start >"$dir/first" 2>&1
verdict "ends well" $?
[ "$(grep -c '县(区)\|市直党群\|市直政府\|驻市中直区直\|公用企业' "$dir/first")" -ge 5 ]
verdict "prints the ranking of every class" $?
grep -q '通报.*bulletin-2024-06.html' "$dir/first"
verdict "says where the bulletin lies" $?
grep -q '演示数据' "$PINGYI_DATA/bulletin-2024-06.html" && grep -q '试算' "$PINGYI_DATA/bulletin-2024-06.html"
verdict "the bulletin says that it is a trial on demonstration data" $?
scripts/start >"$dir/second" 2>&1 && [ "$(grep -c '没有任何变化' "$dir/second")" = 2 ]
verdict "again, loads nothing twice" $?
sed -n '/名次/,$p' "$dir/first" | grep -v '已' >"$dir/first.ranking"
sed -n '/名次/,$p' "$dir/second" | grep -v '已' >"$dir/second.ranking"
cmp -s "$dir/first.ranking" "$dir/second.ranking" && [ -s "$dir/first.ranking" ]
verdict "again, prints the same ranking" $?

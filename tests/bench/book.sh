#!/bin/bash
# Reading a workbook of 200,000 work orders of 15 columns as CSV, beside xlsx2csv. Each is run $RUNS times (3) in turn;
# the ratio is that of the medians.
set -eu
cd "$(dirname "$0")/../.."
programs=$(dirname "${PINGYI:-build/release/pingyi}")/tests/bench
rows=${BOOK_ROWS:-200000}
runs=${RUNS:-3}
book=build/bench/book_$rows.xlsx
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
[ -x "$programs/bench_book" ] || { echo "reading a workbook: build with \`make bench\`"; exit 0; }
command -v xlsx2csv >/dev/null || { echo "reading a workbook: xlsx2csv is not there to compare with"; exit 0; }

mkdir -p build/bench
[ -f "$book" ] || { "$programs/bench_make_book" "$dir/book.xlsx" "$rows" && mv "$dir/book.xlsx" "$book"; }

seconds() {
    local began ended
    began=$(date +%s%N)
    "$@" >/dev/null 2>"$dir/stderr"
    ended=$(date +%s%N)
    awk -v ns=$((ended - began)) 'BEGIN { printf "%.3f\n", ns / 1e9 }'
}

median() {
    sort -n | awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'
}

for run in $(seq "$runs"); do
    seconds xlsx2csv "$book" >>"$dir/peer.times"
    seconds "$programs/bench_book" "$book" >>"$dir/ours.times"
done
peak=$(cat "$dir/stderr")
ours=$(median <"$dir/ours.times")
peers=$(median <"$dir/peer.times")
echo "a workbook of $rows rows, $(stat -c %s "$book") bytes: ours, peer's, medians of $runs"
awk -v ours="$ours" -v peers="$peers" 'BEGIN {
    printf "%-46s %7.2f s %7.2f s  ratio %.2f  (%s)\n", "read as CSV / xlsx2csv", ours, peers, peers / ours, "at least 5 times as fast"
}'
echo "peak memory of reading it: $((peak / 1024)) MB (under 32)"

#!/bin/bash
# Selecting $BENCH_SAMPLE orders (100,000) from a frozen frame of $BENCH_FRAME (10,000,000) in 33 units, beside a loop that
# only steps through the same statement of the same database, and one that reads its columns as well. Medians of $RUNS (3), taken in turn.
set -eu
cd "$(dirname "$0")/../.."
program=$(dirname "${PINGYI:-build/release/pingyi}")/tests/bench/bench_draw
frame=${BENCH_FRAME:-10000000}
sample=${BENCH_SAMPLE:-100000}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
[ -x "$program" ] || { echo "drawing: build with \`make bench\`"; exit 0; }

"$program" "$dir/data" "$frame" "$sample" "${RUNS:-3}" >"$dir/times"
awk -v frame="$frame" -v sample="$sample" '{
    printf "drawing %d of %d frozen orders: ours, bare sqlite3_step, medians\n", sample, frame
    line = "%-46s %7.2f s %7.2f s  ratio %.2f  (%s)\n"
    printf line, "selection / stepping through the frame", $3, $1, $3 / $1, "at most 2, goal 1.4"
    printf line, "selection / reading its columns too", $3, $2, $3 / $2, "what tickets and heaps add"
    printf "%-46s %7.2f s\n", "evidence: a commitment for each entry", $4
    printf "%-46s %7.1f MB, %d threads select\n", "memory at most, of all of it", $5, $6
}' "$dir/times"

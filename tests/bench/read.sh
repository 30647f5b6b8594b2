#!/bin/bash
# Reading a clean dump of $BENCH_ROWS rows (1,000,000), everything about it found out in the same run: as rows of cells
# beside libcsv alone and DuckDB's read_csv, and written back as plain CSV (`inspect --format csv`) beside DuckDB's COPY.
# Each is run $RUNS times (3) in turn; ratios are those of the medians. DuckDB comes from npm into build/bench.
set -eu
cd "$(dirname "$0")/../.."
pingyi=${PINGYI:-build/release/pingyi}
reader=$(dirname "$pingyi")/tests/bench/bench_read
rows=${BENCH_ROWS:-1000000}
runs=${RUNS:-3}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cc -O2 -std=c11 -D_GNU_SOURCE -o "$dir/generate" tests/data/generate_city.c
"$dir/generate" --bench-rows "$rows" >"$dir/dump.csv"
bytes=$(stat -c %s "$dir/dump.csv")

duckdb=build/bench/duckdb
if [ ! -d $duckdb/node_modules ] && command -v npm >/dev/null; then
    mkdir -p $duckdb
    (cd $duckdb && npm init -y && npm install @duckdb/node-api) >/dev/null 2>&1 || rm -rf $duckdb
fi
if [ -d $duckdb/node_modules ]; then
    cat >$duckdb/run.mjs <<'JS'
import { DuckDBInstance } from "@duckdb/node-api";
const [sql] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create()).connect();
await connection.run("SET threads = 2");
const begun = process.hrtime.bigint();
await connection.run(sql);
console.log(Number(process.hrtime.bigint() - begun) / 1e9);
JS
fi

seconds() {
    local began ended
    began=$(date +%s%N)
    "$@" >/dev/null 2>&1
    ended=$(date +%s%N)
    awk -v ns=$((ended - began)) 'BEGIN { printf "%.3f\n", ns / 1e9 }'
}
write_back() {
    "$pingyi" inspect "$dir/dump.csv" --format csv
}
duck() {
    node $duckdb/run.mjs "$1"
}
median() {
    sort -n "$1" | awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'
}

columns=$(head -n 1 "$dir/dump.csv" | tr -d '\r' | awk -F, '{ for (i = 1; i <= NF; i++) printf "%ssum(length(\"%s\"))", (i > 1 ? ", " : ""), $i }')
for run in $(seq "$runs"); do
    seconds "$reader" libcsv "$dir/dump.csv" >>"$dir/libcsv"
    seconds "$reader" dump "$dir/dump.csv" >>"$dir/dump"
    seconds write_back >>"$dir/inspect"
    if [ -f $duckdb/run.mjs ]; then
        duck "SELECT $columns FROM read_csv('$dir/dump.csv', all_varchar = true)" >>"$dir/duck"
        duck "COPY (FROM read_csv('$dir/dump.csv', all_varchar = true)) TO '/dev/null' (FORMAT csv)" >>"$dir/copy"
    fi
done

report() {
    awk -v what="$1" -v ours="$2" -v peers="$3" -v bytes="$bytes" -v goal="$4" 'BEGIN {
        printf "%-46s %7.2f s %7.2f s  ratio %.2f  %.0f MB/s  (%s)\n", what, ours, peers, peers / ours, bytes / ours / 1e6, goal }'
}
echo "reading $rows rows, $bytes bytes: ours, peer's, medians of $runs"
report "rows of cells / libcsv alone" "$(median "$dir/dump")" "$(median "$dir/libcsv")" "libcsv alone is the limit"
if [ -f "$dir/duck" ]; then
    report "rows of cells / DuckDB read_csv, 2 threads" "$(median "$dir/dump")" "$(median "$dir/duck")" "whole processes / the query alone"
    report "inspect --format csv / DuckDB COPY, 2 threads" "$(median "$dir/inspect")" "$(median "$dir/copy")" "at least 100 MB/s"
else
    report "inspect --format csv / libcsv alone" "$(median "$dir/inspect")" "$(median "$dir/libcsv")" "at least 100 MB/s; DuckDB is not there"
fi

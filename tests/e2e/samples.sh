#!/bin/sh
# The committed sample city equals, byte for byte, what its generator prints.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "not ok samples $1"
    exit 1
}

${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -o "$work/generate_city" tests/data/generate_city.c || fail "the generator does not compile"
"$work/generate_city" --units > "$work/city_units.csv"
"$work/generate_city" --month 2024-04 > "$work/city_2024_04.csv"
"$work/generate_city" --month 2024-05 > "$work/city_2024_05.csv"
"$work/generate_city" --month 2024-06 > "$work/city_2024_06.csv"
for name in city_units.csv city_2024_04.csv city_2024_05.csv city_2024_06.csv; do
    cmp -s "$work/$name" "tests/data/$name" || fail "$name differs from the generator's output"
done
echo "ok samples"

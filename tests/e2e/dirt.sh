#!/bin/sh
# The sample of dirt (tests/data/dirt): each file read with no hint into a data directory of its own, and what comes of it
# held against expected.csv and values.tsv; orders and scores against those of the clean file where the damage is harmless.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
dirt=tests/data/dirt

${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -o "$work/generate_dirt" tests/data/generate_dirt.c || bad generator "does not compile"
mkdir "$work/dirt"
"$work/generate_dirt" "$work/dirt" < tests/data/city_2024_05.csv
for file in "$work"/dirt/*.csv; do
    cmp -s "$file" "$dirt/${file##*/}" || bad generator "${file##*/} differs from the generator's output"
done
[ $failed -eq 0 ] && ok generator
for file in "$dirt"/*.csv; do
    name=$(basename "$file" .csv)
    [ "$name" = expected ] || grep -q "^$name," "$dirt/expected.csv" || bad "$name" "nothing is expected of it"
done

export PINGYI_DATA="$work/empty"
"$pingyi" init > /dev/null 2>&1
"$pingyi" units import tests/data/city_units.csv > /dev/null 2>&1

# An order without what tells one import from another: how a line ends inside a cell is no difference either.
show_orders() {
    for number in 0002 0003 0004 0005 0006 0008 0010 0012 0020; do
        "$pingyi" orders show "LJ20240500$number" --format json
    done 2>&1 | jq -S 'del(.import, .handlings[]?.import, .handlings[]?.flags) |
        walk(if type == "string" then gsub("\r\n"; "\n") else . end)' 2>&1
}

delimiter_word() {
    case $1 in
    ,) echo comma ;;
    ';') echo semicolon ;;
    "$(printf '\t')") echo tab ;;
    '|') echo pipe ;;
    ', ') echo 'comma space' ;;
    *) echo "\"$1\"" ;;
    esac
}

# field NAME EXPECTED FOUND: `*` is anything.
field() {
    if [ "$2" != '*' ] && [ "$2" != "$3" ]; then why="$why $1 is \"$3\", not \"$2\";"; fi
}

# What of the clean file has not changed.
compare_with_clean() {
    same=no
    cmp -s "$work/clean.score" "$work/score" && same=score
    [ $same = score ] && cmp -s "$work/clean.orders" "$work/orders" && same=orders
}

# Counts and the like of the import: in the order of the columns of expected.csv.
check_import() {
    why=
    jq -r '.[0] | (.status, .rows, .accepted, .updated, .unchanged, .rejected, .contradictions, .bad_dates, .header_line,
        .encoding, .delimiter)' "$work/import.json" > "$work/found"
    {
        for key in status rows accepted updated unchanged rejected contradictions bad_dates header_line encoding; do
            IFS= read -r found
            eval "expected=\$$key"
            field "$key" "$expected" "$found"
        done
        IFS= read -r found
        field delimiter "$delimiter" "$(delimiter_word "$found")"
    } < "$work/found"
    if [ "$status" = loaded ]; then
        "$pingyi" imports show 1 --format json > "$work/show.json" 2>&1
        field rejects "$rejects" \
            "$(jq -r '[.rejects[] | "\(.reason):\(.count)"] | sort | join("|")' "$work/show.json" 2>&1)"
        field flags "$flags" \
            "$(jq -r '[.flags[] | "\(.flag):\(.count)"] | sort | join("|")' "$work/show.json" 2>&1)"
    fi
}

check_file() {
    export PINGYI_DATA="$work/data"
    rm -rf "$PINGYI_DATA"
    cp -r "$work/empty" "$PINGYI_DATA"
    "$pingyi" import --extracted-at 2024-06-03 --format json "$dirt/$file.csv" > "$work/import.json" 2> "$work/messages"
    exits=$?
    check_import
    case $status,$rejected,$contradictions in
    refused,*) expected_exit=1 ;;
    loaded,0,0) expected_exit=0 ;;
    *) expected_exit=3 ;;
    esac
    field exit $expected_exit $exits
    if [ "$status" = loaded ]; then
        "$pingyi" round create --id D --from 2024-05-01 --to 2024-05-31 --as-of 2024-06-03 > /dev/null 2>&1
        "$pingyi" score --round D --format csv > "$work/score" 2>&1
        show_orders > "$work/orders"
        if [ "$file" = clean ]; then
            cp "$work/score" "$work/clean.score"
            cp "$work/orders" "$work/clean.orders"
        fi
        expected_same=$same
        compare_with_clean
        field "what is as in the clean file" "$expected_same" "$same"
    fi
    [ -z "$why" ] && ok "$file" || bad "$file" "$why $(head -2 "$work/messages")"
}

check_values() {
    tab=$(printf '\t')
    grep "^$file$tab" "$dirt/values.tsv" > "$work/values"
    while IFS="$tab" read -r name order_no filter value; do
        found=$("$pingyi" orders show "$order_no" --format json 2>&1 |
            jq -r "($filter)"' | tostring | gsub("\n"; "\\n") | gsub("\r"; "\\r")' 2>&1)
        if [ "$found" = "$value" ]; then
            ok "${name}__$order_no"
        else
            bad "${name}__$order_no" "$filter is \"$found\", not \"$value\""
        fi
    done < "$work/values"
}

sed 1d "$dirt/expected.csv" > "$work/expected"
while IFS=, read -r file status rows accepted updated unchanged rejected contradictions bad_dates header_line encoding \
    delimiter rejects flags same; do
    check_file
    check_values
done < "$work/expected"
exit $failed

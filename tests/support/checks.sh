# What the scripts of tests/e2e share; sourced from the project's root. It gives $pingyi, an empty directory $work that goes
# away at the end, a data directory in it that does not exist yet, and the words below, each of which prints
# `ok SCRIPT__NAME` or `not ok …`. A script ends with `exit $failed`.
pingyi=${PINGYI:-build/${BUILD:-release}/pingyi}
work=$(mktemp -d -p "${TMPDIR:-/tmp}")
trap 'rm -rf "$work"' EXIT
export PINGYI_DATA="$work/data"
failed=0
suite=${0##*/}
suite=${suite%.sh}

ok() {
    echo "ok ${suite}__$1"
}
bad() {
    printf 'not ok %s__%s: %s\n' "$suite" "$1" "$2"
    failed=1
}
# verdict NAME STATUS [WHY]: a status of 0 is ok.
verdict() {
    if [ "$2" = 0 ]; then ok "$1"; else bad "$1" "${3-}"; fi
}
# check NAME EXIT ARGUMENT...: run the program; its output is left in $work/out and $work/messages.
check() {
    name=$1 expected=$2
    shift 2
    "$pingyi" "$@" >"$work/out" 2>"$work/messages"
    status=$?
    [ $status -eq "$expected" ]
    verdict "$name" $? "exits $status, not $expected: $(head -3 "$work/messages")"
}
# says NAME TEXT: what the last check printed holds it; hides: it does not.
says() {
    grep -qF -- "$2" "$work/out" "$work/messages"
    verdict "$1" $? "no \"$2\""
}
hides() {
    ! grep -qF -- "$2" "$work/out" "$work/messages"
    verdict "$1" $? "there is \"$2\""
}
# holds NAME FILTER: the JSON of the last check fulfils a filter of jq.
holds() {
    jq -e "$2" "$work/out" >"$work/jq" 2>&1
    verdict "$1" $? "not $2"
}
# same NAME FILE FILE
same() {
    cmp -s "$2" "$3"
    verdict "$1" $? "$(diff "$2" "$3" | head -4)"
}

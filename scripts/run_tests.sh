#!/bin/sh
# run_tests.sh PROGRAM...: run test programs from the project's root and count their tests.
#
# Each prints TAP: a line `ok ...` or `not ok ...` per test (cmocka does so by CMOCKA_MESSAGE_OUTPUT). A program that ends
# badly without naming a failed test counts as one failed test, and so does one that names no test at all. The last line
# is `N passed, N failed`; the exit status is 1 if any failed. With $COUNTS set, the counts are appended to that file.
set -u

CMOCKA_MESSAGE_OUTPUT=TAP
ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1:abort_on_error=0}
UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}
export CMOCKA_MESSAGE_OUTPUT ASAN_OPTIONS UBSAN_OPTIONS

output=$(mktemp)
trap 'rm -f "$output"' EXIT
trap 'exit 1' INT TERM

passed=0
failed=0
for program in "$@"; do
    "$program" >"$output" 2>&1 </dev/null
    status=$?
    ok=$(grep -ac '^ok ' "$output")
    not_ok=$(grep -ac '^not ok ' "$output")
    if [ "$not_ok" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
        not_ok=1
    fi
    passed=$((passed + ok))
    failed=$((failed + not_ok))
    if [ "$not_ok" -eq 0 ]; then
        echo "  pass $program ($ok)"
    else
        echo "  FAIL $program ($ok passed, $not_ok failed, exit status $status)"
        grep -av '^ok ' "$output" | tail -n 100 | sed 's/^/    /'
    fi
done

[ -z "${COUNTS-}" ] || echo "$passed $failed" >>"$COUNTS"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

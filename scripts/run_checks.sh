#!/bin/sh
# Every check there is, one after the other, whatever the earlier ones say. The last line is `N passed, N failed`: the
# tests of all programs, each fuzz target and each check of the sources count.
set -u
COUNTS=$(mktemp)
export COUNTS
trap 'rm -f "$COUNTS"' EXIT
trap 'exit 1' INT TERM

# step NAME TARGET...: a step that brings no counts of its own counts as one test.
step() {
    echo "== $1"
    shift
    before=$(wc -l <"$COUNTS")
    if make --no-print-directory -j2 "$@"; then result="1 0"; else result="0 1"; fi
    [ "$(wc -l <"$COUNTS")" -gt "$before" ] || echo "$result" >>"$COUNTS"
}

step "direction of dependency" layers
step "headers" headers
step "style" style
step "clang-tidy" tidy
step "release build" all
step "tests under address and undefined-behaviour sanitizers" test BUILD=asan
step "tests of the service under the thread sanitizer" test BUILD=tsan ONLY=service
step "fuzz targets" fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-20}"

awk '{ passed += $1; failed += $2 }
     END { printf "%d passed, %d failed\n", passed, failed; exit failed != 0 }' "$COUNTS"

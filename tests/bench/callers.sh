#!/bin/bash
# 200 callers on 100,000 cases through HTTP: first each begins a case every second, then without a pause, on connections of
# their own (tests/e2e/callers.sh, which also looks for cases that two held).
cd "$(dirname "$0")/../.." || exit 1
CASES=${BENCH_CASES:-100000} CALLERS=200 SECONDS_EACH=${SECONDS_EACH:-10} PACE_MS=1000 bash tests/e2e/callers.sh | grep -v '^ok '
exit "${PIPESTATUS[0]}"
